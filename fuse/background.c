/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going into the background.
 */
#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that fails has said why on the stderr that we share; one that was killed has not. */
static void __attribute__((noreturn)) wait_for_child(pid_t child, int fd)
{
	int status;
	ssize_t n;
	char byte;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		fprintf(stderr, "zarrfs: ended by signal %d before the mount was ready\n", WTERMSIG(status));
	_exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
}

int background_enter(void)
{
	int fds[2];
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		fprintf(stderr, "zarrfs: cannot make a pipe: %s\n", strerror(errno));
		return -1;
	}
	child = fork();
	if (child < 0) {
		fprintf(stderr, "zarrfs: cannot go into the background: %s\n", strerror(errno));
		return -1;
	}
	if (child > 0) {
		close(fds[1]);
		wait_for_child(child, fds[0]);
	}
	close(fds[0]);
	setsid();
	return fds[1];
}

void background_ready(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (chdir("/") < 0)
		fprintf(stderr, "zarrfs: cannot leave the working directory: %s\n", strerror(errno));
	for (int i = 0; i < 3 && null >= 0; i++)
		dup2(null, i);
	if (null > 2)
		close(null);
	do
		n = write(fd, "", 1);
	while (n < 0 && errno == EINTR);
	close(fd);
}
