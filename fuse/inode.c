/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of inodes: chained buckets by number, as many as there are nodes. One lock.
 */
#include "inode.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* For this long after a change was found no opening keeps the kernel's pages: the reply to the opening that
 * found it may reach the kernel after that of a later one. */
#define SETTLE_NS 1000000000

struct node {
	struct node *next; /* in the bucket */
	uint64_t ino;
	uint64_t refs; /* that the kernel has */
	unsigned opens;
	enum zf_kind kind;
	bool has_attr, has_version;
	struct zf_attr attr; /* as told */
	uint64_t version;    /* of the pages that the kernel may have */
	int64_t settled;     /* when that can be relied on */
	char path[];
};

struct inodes {
	pthread_mutex_t lock;
	struct node **buckets;
	size_t size, count; /* size is a power of two */
	char root[INODE_PATH_SIZE];
};

/* FNV-1a; the numbers 0 and 1 have a meaning already. */
static uint64_t hash(const char *path, enum zf_kind kind)
{
	uint64_t h = 0xcbf29ce484222325u + kind;

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 0x100000001b3u;
	return h > INODE_ROOT ? h : h + 2;
}

static struct node **bucket(struct inodes *inodes, uint64_t ino)
{
	return &inodes->buckets[(ino ^ ino >> 32) & (inodes->size - 1)];
}

static struct node *find(struct inodes *inodes, uint64_t ino)
{
	struct node *node = *bucket(inodes, ino);

	while (node && node->ino != ino)
		node = node->next;
	return node;
}

/* Twice the buckets; without memory it only gets slower. */
static void grow(struct inodes *inodes)
{
	size_t old_size = inodes->size;
	struct node **old = inodes->buckets, **more = calloc(2 * old_size, sizeof *more);

	if (!more)
		return;
	inodes->buckets = more;
	inodes->size = 2 * old_size;
	for (size_t i = 0; i < old_size; i++) {
		for (struct node *node = old[i], *next; node; node = next) {
			struct node **to = bucket(inodes, node->ino);

			next = node->next;
			node->next = *to;
			*to = node;
		}
	}
	free(old);
}

static struct node *add(struct inodes *inodes, uint64_t ino, const char *path, enum zf_kind kind)
{
	struct node *node = calloc(1, sizeof *node + strlen(path) + 1);
	struct node **to;

	if (!node)
		return NULL;
	node->ino = ino;
	node->kind = kind;
	strcpy(node->path, path);
	if (inodes->count >= inodes->size)
		grow(inodes);
	to = bucket(inodes, ino);
	node->next = *to;
	*to = node;
	inodes->count++;
	return node;
}

struct inodes *inodes_new(const char *root, enum zf_kind kind)
{
	struct inodes *inodes = calloc(1, sizeof *inodes);

	if (!inodes)
		return NULL;
	pthread_mutex_init(&inodes->lock, NULL);
	inodes->size = 256;
	inodes->buckets = calloc(inodes->size, sizeof(struct node *));
	snprintf(inodes->root, sizeof inodes->root, "%s", root);
	if (!inodes->buckets || !add(inodes, INODE_ROOT, root, kind)) {
		inodes_free(inodes);
		return NULL;
	}
	find(inodes, INODE_ROOT)->refs = 1; /* never given back */
	return inodes;
}

void inodes_free(struct inodes *inodes)
{
	if (!inodes)
		return;
	for (size_t i = 0; inodes->buckets && i < inodes->size; i++) {
		for (struct node *node = inodes->buckets[i], *next; node; node = next) {
			next = node->next;
			free(node);
		}
	}
	free(inodes->buckets);
	pthread_mutex_destroy(&inodes->lock);
	free(inodes);
}

bool inodes_path(struct inodes *inodes, uint64_t ino, char out[INODE_PATH_SIZE])
{
	const struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	if (node)
		strcpy(out, node->path);
	pthread_mutex_unlock(&inodes->lock);
	return node != NULL;
}

bool inodes_is(struct inodes *inodes, uint64_t ino, enum zf_kind kind)
{
	const struct node *node;
	bool is;

	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	is = node && node->kind == kind;
	pthread_mutex_unlock(&inodes->lock);
	return is;
}

bool inodes_join(const char *dir, const char *name, char out[INODE_PATH_SIZE])
{
	int n = snprintf(out, INODE_PATH_SIZE, "%s%s%s", dir, *dir ? "/" : "", name);

	return n >= 0 && n < INODE_PATH_SIZE;
}

uint64_t inodes_number(const struct inodes *inodes, const char *path, enum zf_kind kind)
{
	return strcmp(path, inodes->root) == 0 ? INODE_ROOT : hash(path, kind);
}

/* With the lock held. Two paths of the same hash have neighbouring numbers; if the first of them is forgotten
 * before the other one, that gets a second number, which does no harm. */
static struct node *find_path(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	uint64_t ino = inodes_number(inodes, path, kind);
	struct node *node;

	for (;; ino++) {
		node = find(inodes, ino);
		if (!node)
			return add(inodes, ino, path, kind);
		if (node->kind == kind && strcmp(node->path, path) == 0)
			return node;
	}
}

uint64_t inodes_grab(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	struct node *node;
	uint64_t ino = 0;

	pthread_mutex_lock(&inodes->lock);
	node = find_path(inodes, path, kind);
	if (node) {
		node->refs++;
		ino = node->ino;
	}
	pthread_mutex_unlock(&inodes->lock);
	return ino;
}

static void drop(struct inodes *inodes, struct node *node)
{
	struct node **at = bucket(inodes, node->ino);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	inodes->count--;
	free(node);
}

void inodes_forget(struct inodes *inodes, uint64_t ino, uint64_t n)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	if (node && ino != INODE_ROOT) {
		node->refs -= n < node->refs ? n : node->refs;
		if (node->refs == 0 && node->opens == 0)
			drop(inodes, node);
	}
	pthread_mutex_unlock(&inodes->lock);
}

/* ---- what the kernel has cached ---------------------------------------------------------------------- */

void inodes_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *attr)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	if (node && node->opens > 0 && node->has_attr) {
		attr->size = node->attr.size;
	} else if (node) {
		node->attr = *attr;
		node->has_attr = true;
	}
	pthread_mutex_unlock(&inodes->lock);
}

bool inodes_open_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *out)
{
	const struct node *node;
	bool open;

	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	open = node && node->opens > 0 && node->has_attr;
	if (open)
		*out = node->attr;
	pthread_mutex_unlock(&inodes->lock);
	return open;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void note_opened(
	struct node *node, uint64_t version, uint64_t size, int64_t now, struct inode_opened *out)
{
	out->keep_cache = node->has_version && node->version == version && now >= node->settled;
	out->stale_attr = node->has_attr && node->attr.size != size;
	if (node->has_version && node->version != version)
		node->settled = now + SETTLE_NS;
	node->version = version;
	node->has_version = true;
	if (!node->has_attr)
		node->attr = (struct zf_attr){ .kind = ZF_FILE };
	node->attr.size = size;
	node->has_attr = true;
	node->opens++;
}

void inodes_opened(
	struct inodes *inodes, uint64_t ino, uint64_t version, uint64_t size, struct inode_opened *out)
{
	struct node *node;

	*out = (struct inode_opened){ 0 };
	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	if (node)
		note_opened(node, version, size, now_ns(), out);
	pthread_mutex_unlock(&inodes->lock);
}

void inodes_closed(struct inodes *inodes, uint64_t ino)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = find(inodes, ino);
	if (node && node->opens > 0 && --node->opens == 0 && node->refs == 0)
		drop(inodes, node);
	pthread_mutex_unlock(&inodes->lock);
}
