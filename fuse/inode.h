/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inodes: what the kernel knows by number, and how many times it was told.
 *
 * A number is a hash of the path and the kind, so that it stays the same when the kernel forgot it
 * meanwhile, and is another one when a directory takes the place of a file. A node lives as long as the
 * kernel has references to it; it keeps what the kernel may have cached: the attributes that it was told,
 * and the version of the file whose pages it may hold.
 */
#ifndef ZARRFS_INODE_H
#define ZARRFS_INODE_H

#include "zarrfs.h"

enum { INODE_PATH_SIZE = 4096, INODE_ROOT = 1 };

struct inodes;

/* New: inodes_free(). root: the path of inode 1, "" or a file. NULL when memory is out. */
struct inodes *inodes_new(const char *root, enum zf_kind kind);
void inodes_free(struct inodes *inodes);

/* The path of a node. False if the kernel was not told of it. */
bool inodes_path(struct inodes *inodes, uint64_t ino, char out[INODE_PATH_SIZE]);

/* Whether a node is of this kind. */
bool inodes_is(struct inodes *inodes, uint64_t ino, enum zf_kind kind);

/* The path of a name in a directory. False if it is too long. */
bool inodes_join(const char *dir, const char *name, char out[INODE_PATH_SIZE]);

/* The number that a path has. */
uint64_t inodes_number(const struct inodes *inodes, const char *path, enum zf_kind kind);

/* Tells the kernel of a path: one reference more. 0 when memory is out. */
uint64_t inodes_grab(struct inodes *inodes, const char *path, enum zf_kind kind);

/* Takes n references back. */
void inodes_forget(struct inodes *inodes, uint64_t ino, uint64_t n);

/* To be called with the attributes that the kernel will be told of a file. While the file is open they are
 * those of its last opening: the pages that the kernel has, and what it makes of the end of the file, must
 * fit together. */
void inodes_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *attr);

/* The attributes the kernel was told last, if the file is open. */
bool inodes_open_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *out);

/* What an opening means for the kernel. */
struct inode_opened {
	bool keep_cache; /* its pages are still true */
	bool stale_attr; /* its attributes are not */
};

/* A file of this version and size was opened. */
void inodes_opened(
	struct inodes *inodes, uint64_t ino, uint64_t version, uint64_t size, struct inode_opened *out);
void inodes_closed(struct inodes *inodes, uint64_t ino);

#endif
