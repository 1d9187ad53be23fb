/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel has cached of files, and what it must forget.
 *
 * An array may be seen under three names at once: `a`, `a.info`, `a.npy`. Each is an inode, and the kernel
 * knows nothing of the others when one is written. For each inode we keep whether the kernel was told
 * anything since it last had to forget, so that a writer costs one notice for each reader, not one a write.
 */
#include "inode_node.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* For this long after a change was found no opening keeps the kernel's pages: the reply to the opening that
 * found it may reach the kernel after that of a later one. */
#define SETTLE_NS 1000000000

static const char *const made[] = { ".info", ".npy" };

bool inodes_is_made(const char *path, size_t *stem)
{
	size_t len = strlen(path), n;

	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		n = strlen(made[i]);
		if (len > n && path[len - n - 1] != '/' && strcmp(path + len - n, made[i]) == 0) {
			*stem = len - n;
			return true;
		}
	}
	*stem = len;
	return false;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- attributes -------------------------------------------------------------------------------------- */

void inodes_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *attr)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	if (node) {
		if (node->files)
			attr->size = zf_file_size(node->files->file);
		if (node->touched)
			attr->mtime_ns = node->touched;
		node->attr = *attr;
		node->has_attr = node->told_attr = true;
	}
	pthread_mutex_unlock(&inodes->lock);
}

/* With the lock held. */
static bool open_attr(struct node *node, struct zf_attr *out)
{
	if (!node || !node->files || !node->has_attr)
		return false;
	node->attr.size = zf_file_size(node->files->file);
	if (node->touched)
		node->attr.mtime_ns = node->touched;
	node->told_attr = true;
	*out = node->attr;
	return true;
}

bool inodes_open_attr(struct inodes *inodes, uint64_t ino, struct zf_attr *out, bool *gone)
{
	struct node *node;
	bool open;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	open = open_attr(node, out);
	*gone = open && node->gone;
	pthread_mutex_unlock(&inodes->lock);
	return open;
}

bool inodes_open_path(struct inodes *inodes, const char *path, struct zf_attr *out)
{
	bool open;

	pthread_mutex_lock(&inodes->lock);
	open = open_attr(inodes_find_path(inodes, path, ZF_FILE), out);
	pthread_mutex_unlock(&inodes->lock);
	return open;
}

void inodes_touch(struct inodes *inodes, uint64_t ino, int64_t mtime_ns)
{
	struct node *node;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	if (node)
		node->touched = mtime_ns;
	pthread_mutex_unlock(&inodes->lock);
}

/* ---- open files -------------------------------------------------------------------------------------- */

static void note_opened(struct node *node, uint64_t version, uint64_t size, struct inode_opened *out)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	out->keep_cache = node->has_version && node->version == version && now >= node->settled;
	out->stale_attr = node->has_attr && node->attr.size != size;
	if (node->has_version && node->version != version) {
		node->settled = now + SETTLE_NS;
		node->touched = 0;
	}
	node->version = version;
	node->has_version = true;
	if (!node->has_attr)
		node->attr = (struct zf_attr){ .kind = ZF_FILE };
	node->attr.size = size;
	node->has_attr = true;
}

static void link_file(struct node *node, struct inode_file *file)
{
	file->node = node;
	file->next = node->files;
	file->prev = &node->files;
	if (file->next)
		file->next->prev = &file->next;
	node->files = file;
	node->opens++;
}

void inodes_opened(struct inodes *inodes, uint64_t ino, struct inode_file *file, struct inode_opened *out)
{
	uint64_t version = zf_file_version(file->file), size = zf_file_size(file->file);
	struct node *node;

	*out = (struct inode_opened){ 0 };
	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	if (node) {
		note_opened(node, version, size, out);
		link_file(node, file);
	}
	pthread_mutex_unlock(&inodes->lock);
}

void inodes_closed(struct inodes *inodes, struct inode_file *file)
{
	if (!file->node)
		return;
	pthread_mutex_lock(&inodes->lock);
	*file->prev = file->next;
	if (file->next)
		file->next->prev = file->prev;
	file->node->opens--;
	inodes_drop_unused(inodes, file->node);
	pthread_mutex_unlock(&inodes->lock);
}

/* ---- pages ------------------------------------------------------------------------------------------- */

static void set(bool *flag)
{
	if (!__atomic_load_n(flag, __ATOMIC_RELAXED))
		__atomic_store_n(flag, true, __ATOMIC_RELAXED);
}

void inodes_read(struct inode_file *file, bool to_end)
{
	if (!file->node)
		return;
	set(&file->node->told_pages);
	if (to_end)
		set(&file->node->told_end);
}

bool inodes_take_end(struct inode_file *file)
{
	return file->node && __atomic_load_n(&file->node->told_end, __ATOMIC_RELAXED) &&
	       __atomic_exchange_n(&file->node->told_end, false, __ATOMIC_RELAXED);
}

static void note_other(struct inodes *inodes, const char *path, struct inode_other *out, int *count)
{
	struct node *node = inodes_find_path(inodes, path, ZF_FILE);

	if (!node)
		return;
	out[*count] = (struct inode_other){ .ino = node->ino, .attr = node->told_attr };
	out[*count].pages = __atomic_exchange_n(&node->told_pages, false, __ATOMIC_RELAXED);
	node->told_attr = false;
	if (node->files)
		node->attr.size = zf_file_size(node->files->file);
	*count += out[*count].attr || out[*count].pages;
}

int inodes_others(struct inodes *inodes, uint64_t ino, struct inode_other out[INODE_OTHERS])
{
	char other[INODE_PATH_SIZE + 8];
	struct node *node;
	int count = 0;
	size_t stem;

	pthread_mutex_lock(&inodes->lock);
	node = inodes_find(inodes, ino);
	if (node && !node->gone) {
		inodes_is_made(node->path, &stem);
		memcpy(other, node->path, stem);
		other[stem] = '\0';
		if (node->path[stem])
			note_other(inodes, other, out, &count);
		for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
			strcpy(other + stem, made[i]);
			if (strcmp(node->path + stem, made[i]) != 0)
				note_other(inodes, other, out, &count);
		}
	}
	pthread_mutex_unlock(&inodes->lock);
	return count;
}
