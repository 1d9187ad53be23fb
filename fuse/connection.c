/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be said to the kernel about our mount from outside.
 *
 * How far it reads ahead. A FUSE file system cannot ask for more than 128 KiB, which costs a third
 * of the rate of a sequential reader; root can, in /sys/class/bdi. It has to be done after the kernel took
 * the reply to INIT, which sets the value, and without touching the file system, which would wait for
 * ourselves.
 */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* In mountinfo blanks and backslashes are written as three octal digits. Decodes in place. */
static void decode(char *s)
{
	char *to = s;

	for (; *s; to++) {
		if (s[0] == '\\' && s[1] && s[2] && s[3]) {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to = *s++;
		}
	}
	*to = '\0';
}

/* A line is "ID PARENT MAJ:MIN ROOT MOUNTPOINT OPTIONS ... - TYPE SOURCE OPTIONS". */
static bool is_ours(char *line, const char *mountpoint, char device[static 32])
{
	char *place, *rest;
	int at = 0;

	if (sscanf(line, "%*s %*s %31s %*s %n", device, &at) != 1 || at == 0)
		return false;
	place = line + at;
	rest = strchr(place, ' ');
	if (!rest || !strstr(rest, " - fuse"))
		return false;
	*rest = '\0';
	decode(place);
	return strcmp(place, mountpoint) == 0;
}

/* The device number of the topmost mount at a place. */
static bool find_device(const char *mountpoint, char device[static 32])
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, found[32];
	size_t size = 0;
	bool ours = false;

	if (!f)
		return false;
	while (getline(&line, &size, f) > 0) {
		if (is_ours(line, mountpoint, found)) {
			ours = true;
			strcpy(device, found);
		}
	}
	free(line);
	fclose(f);
	return ours;
}

static unsigned read_kib(const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned kib = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%u", &kib) != 1)
		kib = 0;
	fclose(f);
	return kib;
}

static int write_kib(const char *path, unsigned kib)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (dprintf(fd, "%u\n", kib) < 0)
		err = errno;
	close(fd);
	return err;
}

void connection_abort(const struct daemon *daemon)
{
	char device[32], path[96];
	int fd;

	/* This aborts, even if it does not unmount. */
	if (umount2(daemon->mountpoint, MNT_FORCE) == 0 || !find_device(daemon->mountpoint, device))
		return;
	snprintf(path, sizeof path, "/sys/fs/fuse/connections/%s/abort", strchr(device, ':') + 1);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) < 0)
		log_format(daemon->log, ZF_LOG_WARNING, "%s: %s", path, strerror(errno));
	close(fd);
}

void readahead_set(const struct daemon *daemon)
{
	unsigned wanted = daemon->options->readahead, now;
	char device[32], path[96];
	int err;

	if (wanted == 0 || daemon->options->direct_io)
		return;
	if (!find_device(daemon->mountpoint, device)) {
		log_format(daemon->log, ZF_LOG_INFO,
			"%s is not in /proc/self/mountinfo: readahead stays as it is", daemon->mountpoint);
		return;
	}
	snprintf(path, sizeof path, "/sys/class/bdi/%s/read_ahead_kb", device);
	now = read_kib(path);
	if (now == wanted)
		return;
	err = write_kib(path, wanted);
	if (!err)
		return;
	log_format(daemon->log, ZF_LOG_INFO,
		"readahead stays at %u KiB (%s); for faster streaming, as root: echo %u > %s", now,
		strerror(err), wanted, path);
}
