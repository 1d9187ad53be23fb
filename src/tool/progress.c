/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Progress.
 */
#include "tool/progress.h"
#include "tool/print.h"

#include <inttypes.h>
#include <unistd.h>

static double seconds_since(const struct timespec *then, const struct timespec *now)
{
	return (double)(now->tv_sec - then->tv_sec) + 1e-9 * (double)(now->tv_nsec - then->tv_nsec);
}

void progress_begin(const struct tool *tool, const char *what, struct progress *out)
{
	*out = (struct progress){ .what = what, .on = !tool->quiet && isatty(STDERR_FILENO) };
	clock_gettime(CLOCK_MONOTONIC, &out->began);
	out->drawn = out->began;
}

static void draw(
	const struct progress *p, const struct timespec *now, uint64_t done, uint64_t total, bool bytes)
{
	double took = seconds_since(&p->began, now);
	char text[2][PRINT_SIZE];

	fprintf(stderr, "\r%s ", p->what);
	if (bytes)
		fprintf(stderr, "%s", print_size(done, text[0]));
	else
		fprintf(stderr, "%" PRIu64, done);
	if (total > 0)
		fprintf(stderr, " of %s, %u %%",
			bytes ? print_size(total, text[0]) : print_number(total, text[0]),
			(unsigned)(100.0 * (double)done / (double)total));
	if (bytes && took > 0)
		fprintf(stderr, ", %s/s", print_size((uint64_t)((double)done / took), text[1]));
	fputs("\033[K", stderr);
	fflush(stderr);
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total, bool bytes)
{
	struct timespec now;

	if (!progress->on)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds_since(&progress->began, &now) < 0.5 || seconds_since(&progress->drawn, &now) < 0.2)
		return;
	progress->drawn = now;
	progress->shown = true;
	draw(progress, &now, done, total, bytes);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->on = progress->shown = false;
}
