/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of inodes: chained buckets by number and by path, as many as there are nodes. One lock.
 */
#include "inode_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a; the numbers 0 and 1 have a meaning already. */
static uint64_t hash(const char *path, enum zf_kind kind)
{
	uint64_t h = 0xcbf29ce484222325u + kind;

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 0x100000001b3u;
	return h > INODE_ROOT ? h : h + 2;
}

static size_t slot(const struct inodes *inodes, uint64_t h)
{
	return (size_t)((h ^ h >> 32) & (inodes->size - 1));
}

struct node *inodes_find(struct inodes *inodes, uint64_t ino)
{
	struct node *node = inodes->by_number[slot(inodes, ino)];

	while (node && node->ino != ino)
		node = node->next;
	return node;
}

static bool is_at(const struct node *node, const char *path, enum zf_kind kind)
{
	return node->kind == kind && strcmp(node->path, path) == 0;
}

struct node *inodes_find_path(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	struct node *node = inodes->by_path[slot(inodes, hash(path, kind))];

	while (node && !is_at(node, path, kind))
		node = node->next_path;
	return node;
}

/* ---- the two tables ---------------------------------------------------------------------------------- */

static void link_path(struct inodes *inodes, struct node *node)
{
	struct node **to = &inodes->by_path[slot(inodes, hash(node->path, node->kind))];

	node->next_path = *to;
	*to = node;
}

static void link_number(struct inodes *inodes, struct node *node)
{
	struct node **to = &inodes->by_number[slot(inodes, node->ino)];

	node->next = *to;
	*to = node;
}

static void unlink_path(struct inodes *inodes, struct node *node)
{
	struct node **at = &inodes->by_path[slot(inodes, hash(node->path, node->kind))];

	while (*at != node)
		at = &(*at)->next_path;
	*at = node->next_path;
}

static void unlink_number(struct inodes *inodes, struct node *node)
{
	struct node **at = &inodes->by_number[slot(inodes, node->ino)];

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
}

/* From now on it has no path. */
static void detach(struct inodes *inodes, struct node *node)
{
	unlink_path(inodes, node);
	node->gone = true;
}

/* Twice the buckets; without memory it only gets slower. */
static void grow(struct inodes *inodes)
{
	size_t old_size = inodes->size;
	struct node **old = inodes->by_number;
	struct node **numbers = calloc(2 * old_size, sizeof *numbers);
	struct node **paths = calloc(2 * old_size, sizeof *paths);

	if (!numbers || !paths) {
		free(numbers);
		free(paths);
		return;
	}
	free(inodes->by_path);
	inodes->by_number = numbers;
	inodes->by_path = paths;
	inodes->size = 2 * old_size;
	for (size_t i = 0; i < old_size; i++) {
		for (struct node *node = old[i], *next; node; node = next) {
			next = node->next;
			link_number(inodes, node);
			if (!node->gone)
				link_path(inodes, node);
		}
	}
	free(old);
}

static void free_node(struct node *node)
{
	if (node)
		free(node->path);
	free(node);
}

/* A node of its own number: two paths of the same hash, or a path whose file was renamed and another that
 * took its place, have neighbouring ones. */
static struct node *add(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	struct node *node = calloc(1, sizeof *node);

	if (!node || !(node->path = strdup(path))) {
		free_node(node);
		return NULL;
	}
	node->kind = kind;
	node->ino = strcmp(path, inodes->root) == 0 ? INODE_ROOT : hash(path, kind);
	while (inodes_find(inodes, node->ino))
		node->ino = node->ino + 1 > INODE_ROOT ? node->ino + 1 : INODE_ROOT + 1;
	if (inodes->count >= inodes->size)
		grow(inodes);
	link_number(inodes, node);
	link_path(inodes, node);
	inodes->count++;
	return node;
}

struct inodes *inodes_new(const char *root, enum zf_kind kind)
{
	struct inodes *inodes = calloc(1, sizeof *inodes);
	struct node *node = NULL;

	if (!inodes)
		return NULL;
	pthread_mutex_init(&inodes->lock, NULL);
	inodes->size = 256;
	inodes->by_number = calloc(inodes->size, sizeof(struct node *));
	inodes->by_path = calloc(inodes->size, sizeof(struct node *));
	snprintf(inodes->root, sizeof inodes->root, "%s", root);
	if (inodes->by_number && inodes->by_path)
		node = add(inodes, root, kind);
	if (!node) {
		inodes_free(inodes);
		return NULL;
	}
	node->refs = 1; /* never given back */
	return inodes;
}

void inodes_free(struct inodes *inodes)
{
	if (!inodes)
		return;
	for (size_t i = 0; inodes->by_number && i < inodes->size; i++) {
		for (struct node *node = inodes->by_number[i], *next; node; node = next) {
			next = node->next;
			free_node(node);
		}
	}
	free(inodes->by_number);
	free(inodes->by_path);
	pthread_mutex_destroy(&inodes->lock);
	free(inodes);
}

/* ---- numbers and paths ------------------------------------------------------------------------------- */

bool inodes_path(struct inodes *inodes, uint64_t ino, char out[INODE_PATH_SIZE])
{
	const struct node *node;
	bool known;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	known = node && !node->gone;
	if (known)
		strcpy(out, node->path);
	pthread_mutex_unlock(&inodes->lock);
	return known;
}

bool inodes_is(struct inodes *inodes, uint64_t ino, enum zf_kind kind)
{
	const struct node *node;
	bool is;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	is = node && node->kind == kind;
	pthread_mutex_unlock(&inodes->lock);
	return is;
}

bool inodes_join(const char *dir, const char *name, char out[INODE_PATH_SIZE])
{
	int n = snprintf(out, INODE_PATH_SIZE, "%s%s%s", dir, *dir ? "/" : "", name);

	return n >= 0 && n < INODE_PATH_SIZE;
}

uint64_t inodes_number(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	const struct node *node;
	uint64_t ino;

	if (strcmp(path, inodes->root) == 0)
		return INODE_ROOT;
	pthread_mutex_lock(&inodes->lock);
	node = inodes_find_path(inodes, path, kind);
	ino = node ? node->ino : hash(path, kind);
	pthread_mutex_unlock(&inodes->lock);
	return ino;
}

uint64_t inodes_grab(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	struct node *node;
	uint64_t ino = 0;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find_path(inodes, path, kind);
	if (!node)
		node = add(inodes, path, kind);
	if (node) {
		node->refs++;
		ino = node->ino;
	}
	pthread_mutex_unlock(&inodes->lock);
	return ino;
}

void inodes_drop_unused(struct inodes *inodes, struct node *node)
{
	if (node->refs > 0 || node->opens > 0)
		return;
	if (!node->gone)
		unlink_path(inodes, node);
	unlink_number(inodes, node);
	inodes->count--;
	free_node(node);
}

void inodes_forget(struct inodes *inodes, uint64_t ino, uint64_t n)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	if (node && ino != INODE_ROOT) {
		node->refs -= n < node->refs ? n : node->refs;
		inodes_drop_unused(inodes, node);
	}
	pthread_mutex_unlock(&inodes->lock);
}

/* ---- changes ----------------------------------------------------------------------------------------- */

void inodes_removed(struct inodes *inodes, const char *path, enum zf_kind kind)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find_path(inodes, path, kind);
	if (node && node->ino != INODE_ROOT)
		detach(inodes, node);
	pthread_mutex_unlock(&inodes->lock);
}

static bool is_within(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* All nodes at `to` and below lose their path. */
static void replace(struct inodes *inodes, const char *to, struct inode_renamed *out)
{
	for (size_t i = 0; i < inodes->size; i++) {
		for (struct node *node = inodes->by_number[i]; node; node = node->next) {
			if (node->gone || node->ino == INODE_ROOT || !is_within(node->path, to))
				continue;
			detach(inodes, node);
			if (node->kind == ZF_FILE && strcmp(node->path, to) == 0)
				out->replaced = node->ino;
		}
	}
}

/* Without memory the node loses its path, and the kernel has to look it up again. */
static void move(struct inodes *inodes, struct node *node, const char *from, const char *to)
{
	const char *rest = node->path + strlen(from);
	size_t size = strlen(to) + strlen(rest) + 1;
	char *path = size <= INODE_PATH_SIZE ? malloc(size) : NULL;

	detach(inodes, node);
	if (!path)
		return;
	stpcpy(stpcpy(path, to), rest);
	free(node->path);
	node->path = path;
	node->gone = false;
	node->has_version = false;
	link_path(inodes, node);
}

void inodes_renamed(struct inodes *inodes, const char *from, const char *to, struct inode_renamed *out)
{
	*out = (struct inode_renamed){ 0 };
	pthread_mutex_lock(&inodes->lock);
	replace(inodes, to, out);
	for (size_t i = 0; i < inodes->size; i++) {
		for (struct node *node = inodes->by_number[i]; node; node = node->next) {
			if (node->gone || node->ino == INODE_ROOT || !is_within(node->path, from))
				continue;
			if (node->kind == ZF_FILE && strcmp(node->path, from) == 0)
				out->moved = node->ino;
			move(inodes, node, from, to);
		}
	}
	pthread_mutex_unlock(&inodes->lock);
}
