/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What inode.c and inode_cache.c share: the nodes and their table.
 */
#ifndef ZARRFS_INODE_NODE_H
#define ZARRFS_INODE_NODE_H

#include "inode.h"

#include <pthread.h>

struct node {
	struct node *next, *next_path; /* in the buckets */
	uint64_t ino;
	uint64_t refs; /* that the kernel has */
	unsigned opens;
	enum zf_kind kind;
	bool gone; /* removed, or replaced: it has no path any more */
	char *path;
	struct inode_file *files; /* open ones, the last opened first */

	bool has_attr, has_version;
	struct zf_attr attr; /* as told */
	uint64_t version;    /* of the pages that the kernel may have */
	int64_t settled;     /* when that can be relied on */
	int64_t touched;     /* the time that it was given by hand or by writing; 0: neither */
	bool told_attr;      /* the kernel has been told attributes since it was last told to forget them */
	bool told_pages;     /* the same of pages; atomic */
	bool told_end;       /* of the page in which the file ends; atomic */
};

struct inodes {
	pthread_mutex_t lock;
	struct node **by_number, **by_path;
	size_t size, count; /* size is a power of two */
	char root[INODE_PATH_SIZE];
};

/* Both with the lock held; NULL where there is none. */
struct node *inodes_find(struct inodes *inodes, uint64_t ino);
struct node *inodes_find_path(struct inodes *inodes, const char *path, enum zf_kind kind);

/* With the lock held: frees a node that neither the kernel nor an open file refers to. */
void inodes_drop_unused(struct inodes *inodes, struct node *node);

#endif
