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

bool ghosts_find(struct ghosts *ghosts, pid_t pid, const char *path, struct zf_attr *out)
{
	int64_t since = now() - GHOST_SECONDS;
	bool found = false;
	size_t stem;

	if (!inodes_is_made(path, &stem))
		return false;
	pthread_mutex_lock(&ghosts->lock);
	for (size_t i = 0; i < GHOSTS && !found; i++) {
		const struct ghost *ghost = &ghosts->ring[i];

		found = ghost->path && ghost->pid == pid && ghost->second >= since &&
			strncmp(ghost->path, path, stem) == 0 && ghost->path[stem] == '\0';
	}
	pthread_mutex_unlock(&ghosts->lock);
	if (found)
		*out = (struct zf_attr){ .kind = ZF_FILE, .writable = true };
	return found;
}
