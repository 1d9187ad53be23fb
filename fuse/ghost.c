/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last arrays that were removed, in a ring.
 */
#include "ghost.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

void ghosts_init(struct ghosts *ghosts)
{
	memset(ghosts, 0, sizeof *ghosts);
	pthread_mutex_init(&ghosts->lock, NULL);
}

void ghosts_destroy(struct ghosts *ghosts)
{
	for (size_t i = 0; i < GHOSTS; i++)
		free(ghosts->ring[i].path);
	pthread_mutex_destroy(&ghosts->lock);
}

void ghosts_add(struct ghosts *ghosts, pid_t pid, const char *path)
{
	char *copy = strdup(path);
	struct ghost *ghost;

	if (!copy)
		return;
	pthread_mutex_lock(&ghosts->lock);
	ghost = &ghosts->ring[ghosts->next++ % GHOSTS];
	free(ghost->path);
	*ghost = (struct ghost){ .pid = pid, .second = now(), .path = copy };
	pthread_mutex_unlock(&ghosts->lock);
}

/* Whether `path` is a name beside the array, or a directory above it. */
static bool belongs(const struct ghost *ghost, const char *path, size_t stem, bool made, struct zf_attr *out)
{
	size_t len = strlen(path);

	if (made && strncmp(ghost->path, path, stem) == 0 && ghost->path[stem] == '\0')
		*out = (struct zf_attr){ .kind = ZF_FILE, .writable = true };
	else if (strncmp(ghost->path, path, len) == 0 && ghost->path[len] == '/')
		*out = (struct zf_attr){ .kind = ZF_DIR, .writable = true };
	else
		return false;
	return true;
}

bool ghosts_find(struct ghosts *ghosts, pid_t pid, const char *path, struct zf_attr *out)
{
	int64_t since = now() - GHOST_SECONDS;
	bool made, found = false;
	size_t stem;

	made = inodes_is_made(path, &stem);
	pthread_mutex_lock(&ghosts->lock);
	for (size_t i = 0; i < GHOSTS && !found; i++) {
		const struct ghost *ghost = &ghosts->ring[i];

		found = ghost->path && ghost->pid == pid && ghost->second >= since &&
			belongs(ghost, path, stem, made, out);
	}
	pthread_mutex_unlock(&ghosts->lock);
	return found;
}

/* Now the directory is what was removed, and those above it may go next. */
void ghosts_shrink(struct ghosts *ghosts, pid_t pid, const char *dir)
{
	size_t len = strlen(dir);

	pthread_mutex_lock(&ghosts->lock);
	for (size_t i = 0; i < GHOSTS; i++) {
		struct ghost *ghost = &ghosts->ring[i];

		if (ghost->path && ghost->pid == pid && strncmp(ghost->path, dir, len) == 0 &&
			ghost->path[len] == '/')
			ghost->path[len] = '\0';
	}
	pthread_mutex_unlock(&ghosts->lock);
}
