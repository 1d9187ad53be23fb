/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrfs: mounts a Zarr store with FUSE.
 */
#include "background.h"
#include "daemon.h"

#include <malloc.h>
#include <unistd.h>

/* Buffers of a few MiB (values as they are stored, what codecs work in) come and go with every chunk. By
 * default each would be mapped and unmapped, and its pages faulted in anew; kept in the heap they stay warm.
 * What the heap keeps beyond its use is bounded by the trim threshold, and few arenas keep threads from each
 * hoarding their own. */
static void tune_malloc(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 32 << 20);
	mallopt(M_ARENA_MAX, 2);
}

static int run(const struct options *options, struct log *log)
{
	struct daemon daemon;
	int ready = -1, status = EXIT_MOUNT_FAILED;

	if (!options->foreground) {
		ready = background_enter();
		if (ready < 0)
			return status;
	}
	if (daemon_start(&daemon, options, log) == 0) {
		if (ready >= 0) {
			log_to_syslog(log);
			background_ready(ready);
		}
		status = daemon_serve(&daemon);
	}
	if (!daemon_stop(&daemon)) {
		log_finish(log);
		_exit(status);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct log log;
	int status = 0;

	tune_malloc();
	switch (options_parse(argc, argv, &options)) {
	case OPTIONS_MOUNT:
		log_init(&log, options.debug);
		status = run(&options, &log);
		log_finish(&log);
		break;
	case OPTIONS_WRONG:
		status = EXIT_USAGE;
		break;
	case OPTIONS_DONE:
		break;
	}
	options_free(&options);
	return status;
}
