/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inodes: what the kernel knows by number, and how many times it was told.
 *
 * A number is a hash of the path and the kind, so that it stays the same when the kernel forgot it
 * meanwhile, and is another one when a directory takes the place of a file. It goes with the file when that
 * is renamed. A node lives as long as the kernel has references to it or it is open; it keeps what the kernel
 * may have cached: the attributes that it was told, and the version of the file whose pages it may hold.
 */
#ifndef ZARRFS_INODE_H
#define ZARRFS_INODE_H

#include "zarrfs.h"

enum { INODE_PATH_SIZE = 4096, INODE_ROOT = 1 };

struct inodes;

/* New: inodes_free(). root: the path of inode 1, "" or a file. NULL when memory is out. */
struct inodes *inodes_new(const char *root, enum zf_kind kind);
void inodes_free(struct inodes *inodes);

/* The path of a node. False if the kernel was not told of it, or it was removed. */
bool inodes_path(struct inodes *inodes, uint64_t ino, char out[INODE_PATH_SIZE]);

/* Whether a node is of this kind. */
bool inodes_is(struct inodes *inodes, uint64_t ino, enum zf_kind kind);

/* The path of a name in a directory. False if it is too long. */
bool inodes_join(const char *dir, const char *name, char out[INODE_PATH_SIZE]);

/* The number that a path has. */
uint64_t inodes_number(struct inodes *inodes, const char *path, enum zf_kind kind);

/* Tells the kernel of a path: one reference more. 0 when memory is out. */
uint64_t inodes_grab(struct inodes *inodes, const char *path, enum zf_kind kind);

/* Takes n references back. */
void inodes_forget(struct inodes *inodes, uint64_t ino, uint64_t n);

/* What was at a path is there no more; what comes there next is another file. */
void inodes_removed(struct inodes *inodes, const char *path, enum zf_kind kind);

/* What was at `from`, and below it, is now at `to`; what was at `to` is there no more. The numbers of the
 * files, or 0 where the kernel knows none. */
struct inode_renamed {
	uint64_t moved, replaced;
};
void inodes_renamed(struct inodes *inodes, const char *from, const char *to, struct inode_renamed *out);

/* ---- what the kernel has cached (inode_cache.c) ---- */

/* Whether a path has a name that the view makes beside each array ("a.info", "a.npy"): it comes, goes and
 * changes with the array. *stem is the length of the array's path. */
bool inodes_is_made(const char *path, size_t *stem);

/* To be called with the attributes that the kernel will be told of a file. While the file is open its size is
 * that of the last opening: the pages that the kernel has, and what it makes of the end of the file, must fit
 * together. */
void inodes_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *attr);

/* The attributes of an open file, for when the view knows none: it was removed, or it is being made. */
bool inodes_open_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *out, bool *gone);
bool inodes_open_path(struct inodes *inodes, const char *path, struct zf_attr *out);

/* Gives a file this time, until another program changes it or the kernel forgets it. */
void inodes_touch(struct inodes *inodes, uint64_t ino, int64_t mtime_ns);

/* An open file. */
struct node;
struct inode_file {
	const struct zf_file *file;
	struct node *node;
	struct inode_file *next, **prev;
};

/* What an opening means for the kernel. */
struct inode_opened {
	bool keep_cache; /* its pages are still true */
	bool stale_attr; /* its attributes are not */
};

/* file->file was opened; its version and size are looked at. */
void inodes_opened(struct inodes *inodes, uint64_t ino, struct inode_file *file, struct inode_opened *out);
void inodes_closed(struct inodes *inodes, struct inode_file *file);

/* The kernel is about to be given bytes of a file; to_end: among them those at its end. */
void inodes_read(struct inode_file *file, bool to_end);

/* Whether the kernel may hold the page in which the file ends, of which it takes the rest for zeros. */
bool inodes_take_end(struct inode_file *file);

/* Another name of what was written, and what the kernel has to forget of it. */
struct inode_other {
	uint64_t ino;
	bool attr, pages;
};
enum { INODE_OTHERS = 2 };

/* A file was changed. Counts the other names of the array in `out`. */
int inodes_others(struct inodes *inodes, uint64_t ino, struct inode_other out[INODE_OTHERS]);

#endif
