/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What backends over files of this machine have in common.
 */
#include "store/local.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_STEP_NS = 50 * 1000 * 1000 }; /* how often a call that waits its turn looks whether to go on */

int zf_local_lock(pthread_mutex_t *lock, struct zf_op *op)
{
	struct timespec until;

	if (pthread_mutex_trylock(lock) == 0)
		return 0;
	do {
		if (zf_op_check(op) < 0)
			return -1;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOCK_STEP_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
	} while (pthread_mutex_timedlock(lock, &until) != 0);
	return 0;
}

static int space_of(struct zf_op *op, int result, const struct statvfs *st, struct zf_space *out)
{
	if (result < 0)
		return zf_fail(op, errno, "cannot tell the free space: %m");
	if (__builtin_mul_overflow((uint64_t)st->f_blocks, (uint64_t)st->f_frsize, &out->total))
		out->total = UINT64_MAX;
	if (__builtin_mul_overflow((uint64_t)st->f_bavail, (uint64_t)st->f_frsize, &out->available))
		out->available = UINT64_MAX;
	return 0;
}

int zf_local_space(struct zf_op *op, int fd, struct zf_space *out)
{
	struct statvfs st = { 0 };

	return space_of(op, fstatvfs(fd, &st), &st, out);
}

int zf_local_space_at(struct zf_op *op, const char *path, struct zf_space *out)
{
	struct statvfs st = { 0 };

	return space_of(op, statvfs(path, &st), &st, out);
}

char *zf_local_absolute(const char *path)
{
	char *cwd, *whole;

	if (*path == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd || asprintf(&whole, "%s/%s", cwd, path) < 0)
		whole = NULL;
	free(cwd);
	return whole;
}

static void name_process(int pid, char *out, size_t room)
{
	char path[32], comm[20] = "";
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (file && fgets(comm, sizeof comm, file))
		comm[strcspn(comm, "\n")] = '\0';
	if (file)
		fclose(file);
	snprintf(out, room, ": process %d%s%s%s has it", pid, *comm ? " (" : "", comm, *comm ? ")" : "");
}

/* "12 (name) S ...": a zombie is dead. */
static bool is_alive(int pid)
{
	char path[32], line[128] = "";
	const char *state;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(line, sizeof line, file))
		line[0] = '\0';
	fclose(file);
	state = strrchr(line, ')');
	return state && state[1] == ' ' && state[2] != 'Z' && state[2] != 'X';
}

/* Lines of /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 fd:01:5678 0 EOF". */
struct zf_holder zf_local_holder(const char *file)
{
	struct zf_holder holder = { .alive = false };
	unsigned long long inode;
	char line[256];
	struct stat st;
	FILE *locks;
	int pid;

	if (stat(file, &st) < 0 || !(locks = fopen("/proc/locks", "re")))
		return holder;
	while (!*holder.text && fgets(line, sizeof line, locks))
		if (sscanf(line, "%*d: %*15s %*15s %*15s %d %*x:%*x:%llu", &pid, &inode) == 2 &&
			inode == st.st_ino && pid > 0) {
			name_process(pid, holder.text, sizeof holder.text);
			holder.alive = is_alive(pid);
		}
	fclose(locks);
	return holder;
}
