/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line.
 */
#ifndef ZARRFS_OPTIONS_H
#define ZARRFS_OPTIONS_H

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>

#include "zarrfs.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct options {
	char *store, *mountpoint; /* owned; as they were given */
	bool foreground, debug, single;
	bool direct_io;
	uid_t uid;
	gid_t gid;
	mode_t umask;
	uint64_t cache, cache_max; /* bytes; 0: the library's default */
	uint64_t store_cache;      /* bytes; 0: none */
	unsigned threads;          /* 0: the library's default */
	unsigned readahead;        /* KiB; 0: leave it as it is */
	unsigned max_threads, max_idle_threads;
	unsigned max_read; /* bytes; libfuse wants to be told twice; 0: no limit */
	bool clone_fd;
	bool read_only, create;

	struct zf_new new_arrays;
	bool write_empty_chunks;
	const char *sync; /* an absolute path; NULL: none */
	struct {
		char *dtype, *shape, *chunks, *shards, *compressor, *fill_value, *sync;
	} texts; /* owned; what the ones before point to */

	struct fuse_args args; /* what is libfuse's */
};

enum options_result { OPTIONS_MOUNT, OPTIONS_DONE, OPTIONS_WRONG };

/* Parses. OPTIONS_DONE: it was -h or -V, which have been answered; OPTIONS_WRONG: said so on stderr. Then,
 * and later, the struct is freed with options_free(). */
enum options_result options_parse(int argc, char **argv, struct options *out);
void options_free(struct options *options);

#endif
