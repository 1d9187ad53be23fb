/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A process for one call.
 */
#include "store/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process says of its end. */
struct report {
	int err;
	char text[sizeof((struct zf_op *)0)->text];
};

static int by_number(const void *a, const void *b)
{
	return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* The mount would outlive the daemon as long as its device is open somewhere. */
static void close_others(int *keep, size_t count)
{
	unsigned from = STDERR_FILENO + 1;

	qsort(keep, count, sizeof *keep, by_number);
	for (size_t i = 0; i < count; i++) {
		if (keep[i] < (int)from)
			continue;
		if (keep[i] > (int)from)
			close_range(from, (unsigned)keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	close_range(from, ~0u, 0);
}

_Noreturn static void child(
	int (*call)(void *arg, struct zf_op *op), void *arg, const int *keep, size_t count, int answer)
{
	struct report report = { 0 };
	struct zf_op op;
	int all[8];

	for (size_t i = 0; i < count; i++)
		all[i] = keep[i];
	all[count] = answer;
	close_others(all, count + 1);
	zf_op_init(&op);
	if (call(arg, &op) < 0) {
		report.err = op.err;
		memcpy(report.text, op.text, sizeof report.text);
	}
	_exit(write(answer, &report, sizeof report) != sizeof report);
}

static int take_report(struct zf_op *op, int answer)
{
	struct report report;
	size_t done = 0;
	ssize_t n = 1;

	while (done < sizeof report && n != 0) {
		n = read(answer, (char *)&report + done, sizeof report - done);
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "nothing is heard of the process that writes: %m");
		done += n > 0 ? (size_t)n : 0;
	}
	if (done < sizeof report)
		return zf_fail(op, EIO, "the process that writes was killed");
	return report.err ? zf_fail(op, report.err, "%s", report.text) : 0;
}

int zf_apart(
	struct zf_op *op, int (*call)(void *arg, struct zf_op *op), void *arg, const int *keep, size_t count)
{
	int answer[2], result;
	sigset_t all, before;
	pid_t pid;

	if (pipe2(answer, O_CLOEXEC) < 0)
		return zf_fail(op, errno, "no pipe for a process that writes: %m");
	/* what ends the daemon may be sent to its whole group */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid == 0)
		child(call, arg, keep, count, answer[1]);
	result = pid < 0 ? zf_fail(op, errno, "no process that writes: %m") : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(answer[1]);
	if (pid > 0) {
		result = take_report(op, answer[0]);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(answer[0]);
	return result;
}

/* Whether a file of this size is more than the process may write; fallocate() does not say. */
static bool is_too_large(uint64_t size)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	       size > limit.rlim_cur;
}

int zf_reserve(struct zf_op *op, const char *file, uint64_t bytes, int *fd)
{
	struct stat st;
	int result = 0;

	*fd = open(file, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) < 0)
		result = zf_fail(op, errno, "cannot open the file to write it: %m");
	else if (is_too_large((uint64_t)st.st_size + bytes))
		result = zf_fail(op, EFBIG, "no room for the changes: %s", strerrordesc_np(EFBIG));
	else if (bytes <= INT64_MAX && fallocate(*fd, FALLOC_FL_KEEP_SIZE, st.st_size, (off_t)bytes) < 0 &&
		 (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
		result = zf_fail(op, errno, "no room for the changes: %m");
	if (result < 0 && *fd >= 0)
		zf_release(*fd);
	return result;
}

void zf_release(int fd)
{
	struct stat st;

	/* what was taken lies behind the end */
	if (fstat(fd, &st) == 0 && ftruncate(fd, st.st_size) < 0)
		errno = 0; /* a file that can be written can be cut; if not, it only takes more room */
	close(fd);
}
