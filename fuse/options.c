/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line: our options are taken out, the rest is left to libfuse, which refuses what it does not
 * know.
 */
#include "options.h"

#include "option_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_READAHEAD = 4096, DEFAULT_MAX_THREADS = 64, DEFAULT_IDLE_THREADS = 10 };

enum key {
	KEY_FOREGROUND,
	KEY_DEBUG,
	KEY_SINGLE,
	KEY_VERSION,
	KEY_HELP,
	KEY_DIRECT_IO,
	KEY_UID,
	KEY_GID,
	KEY_UMASK,
	KEY_CACHE,
	KEY_CACHE_MAX,
	KEY_THREADS,
	KEY_READAHEAD,
	KEY_MAX_THREADS,
	KEY_IDLE_THREADS,
	KEY_CLONE_FD,
	KEY_MAX_READ,
	KEY_RO,
	KEY_RW,
	KEY_CREATE,
	KEY_ZARR_FORMAT,
	KEY_DTYPE,
	KEY_SHAPE,
	KEY_CHUNKS,
	KEY_SHARDS,
	KEY_COMPRESSOR,
	KEY_FILL_VALUE,
	KEY_ORDER,
	KEY_WRITE_EMPTY,
	KEY_SYNC,
	KEY_STORE_CACHE,
};

static const struct fuse_opt specs[] = {
	FUSE_OPT_KEY("-f", KEY_FOREGROUND),
	FUSE_OPT_KEY("-d", KEY_DEBUG),
	FUSE_OPT_KEY("debug", KEY_DEBUG),
	FUSE_OPT_KEY("-s", KEY_SINGLE),
	FUSE_OPT_KEY("-V", KEY_VERSION),
	FUSE_OPT_KEY("--version", KEY_VERSION),
	FUSE_OPT_KEY("-h", KEY_HELP),
	FUSE_OPT_KEY("--help", KEY_HELP),
	FUSE_OPT_KEY("direct_io", KEY_DIRECT_IO),
	FUSE_OPT_KEY("uid=", KEY_UID),
	FUSE_OPT_KEY("gid=", KEY_GID),
	FUSE_OPT_KEY("umask=", KEY_UMASK),
	FUSE_OPT_KEY("cache=", KEY_CACHE),
	FUSE_OPT_KEY("cache_max=", KEY_CACHE_MAX),
	FUSE_OPT_KEY("store_cache=", KEY_STORE_CACHE),
	FUSE_OPT_KEY("threads=", KEY_THREADS),
	FUSE_OPT_KEY("readahead=", KEY_READAHEAD),
	FUSE_OPT_KEY("max_threads=", KEY_MAX_THREADS),
	FUSE_OPT_KEY("max_idle_threads=", KEY_IDLE_THREADS),
	FUSE_OPT_KEY("clone_fd", KEY_CLONE_FD),
	FUSE_OPT_KEY("max_read=", KEY_MAX_READ),
	FUSE_OPT_KEY("ro", KEY_RO),
	FUSE_OPT_KEY("-r", KEY_RO),
	FUSE_OPT_KEY("rw", KEY_RW),
	FUSE_OPT_KEY("create", KEY_CREATE),
	FUSE_OPT_KEY("zarr_format=", KEY_ZARR_FORMAT),
	FUSE_OPT_KEY("dtype=", KEY_DTYPE),
	FUSE_OPT_KEY("shape=", KEY_SHAPE),
	FUSE_OPT_KEY("chunks=", KEY_CHUNKS),
	FUSE_OPT_KEY("shards=", KEY_SHARDS),
	FUSE_OPT_KEY("compressor=", KEY_COMPRESSOR),
	FUSE_OPT_KEY("fill_value=", KEY_FILL_VALUE),
	FUSE_OPT_KEY("order=", KEY_ORDER),
	FUSE_OPT_KEY("write_empty_chunks", KEY_WRITE_EMPTY),
	FUSE_OPT_KEY("sync=", KEY_SYNC),
	FUSE_OPT_END,
};

static const char usage[] =
	"Usage: zarrfs [OPTIONS] STORE[#PATH] MOUNTPOINT\n"
	"Mounts a Zarr store; each array is a flat raw file, with its metadata beside it in NAME.info.\n"
	"\n"
	"    -f                    stay in the foreground, log to stderr\n"
	"    -d                    the same, and show each request\n"
	"    -s                    one thread for everything\n"
	"    -V, -h                show the version; show this\n"
	"    -o cache=SIZE         decoded chunks kept in memory (256M)\n"
	"    -o cache_max=SIZE     what that may grow to for one row of chunks (1G)\n"
	"    -o store_cache=SIZE   encoded chunks kept in memory, for slow disks (none)\n"
	"    -o threads=N          threads that decode (the CPUs that there are)\n"
	"    -o direct_io          do without the kernel's page cache\n"
	"    -o readahead=KIB      how far the kernel reads ahead, where we may set it (4096; 0: leave it)\n"
	"    -o uid=N,gid=N        owner of the files (who mounts)\n"
	"    -o umask=OCTAL        permissions taken away (0)\n"
	"    -o ro                 read-only\n"
	"    -o create             make a new, empty store\n"
	"    -o zarr_format=2|3    of new arrays (that of the group they are in; 3 in an empty store)\n"
	"    -o dtype=TYPE,shape=10x20,chunks=5x10,shards=10x10,order=C|F\n"
	"    -o compressor=NAME|JSON,fill_value=JSON     what new arrays are like (1-d, |u1)\n"
	"    -o write_empty_chunks store chunks that equal the fill value, too\n"
	"    -o sync=DIR           take the locks of zarr-python's ProcessSynchronizer in DIR\n"
	"    -o allow_other        let other users in\n"
	"    -o default_permissions  let the kernel check permissions\n"
	"\n"
	"A comma within a value is written \\, (in shapes also x).\n"
	"Options of libfuse and of mount(8) are taken too. \"fusermount3 -u MOUNTPOINT\" ends it.\n"
	"The manual is zarrfs(1).\n";

struct parsing {
	struct options *options;
	bool version, help;
};

static int set_path(struct options *options, const char *arg)
{
	char **to = !options->store ? &options->store : &options->mountpoint;

	if (options->mountpoint) {
		fprintf(stderr, "zarrfs: '%s' is one argument too many\n", arg);
		return -1;
	}
	*to = strdup(arg);
	return *to ? 0 : -1;
}

/* Options that are words. Returns as fuse_opt_proc_t: 1 leaves it to libfuse as well. */
static int set_flag(struct parsing *parsing, int key)
{
	struct options *options = parsing->options;

	switch (key) {
	case KEY_FOREGROUND:
		options->foreground = true;
		return 0;
	case KEY_DEBUG:
		options->foreground = options->debug = true;
		return 1;
	case KEY_SINGLE:
		options->single = true;
		return 0;
	case KEY_VERSION:
		parsing->version = true;
		return 0;
	case KEY_HELP:
		parsing->help = true;
		return 0;
	case KEY_DIRECT_IO:
		options->direct_io = true;
		return 0;
	case KEY_CLONE_FD:
		options->clone_fd = true;
		return 0;
	case KEY_RO:
	case KEY_RW:
		options->read_only = key == KEY_RO;
		return 0;
	case KEY_CREATE:
		options->create = true;
		return 0;
	case KEY_WRITE_EMPTY:
		options->write_empty_chunks = true;
		return 0;
	default:
		return 1;
	}
}

/* What new arrays are like. As fuse_opt_proc_t. */
static int set_new(struct parsing *parsing, int key, const char *value)
{
	struct options *options = parsing->options;
	unsigned format;

	switch (key) {
	case KEY_ZARR_FORMAT:
		if (option_number("zarr_format", value, 2, 3, &format) < 0)
			return -1;
		options->new_arrays.zarr_format = (int)format;
		return 0;
	case KEY_DTYPE:
		return option_text(value, &options->texts.dtype);
	case KEY_SHAPE:
		return option_shape("shape", value, &options->texts.shape);
	case KEY_CHUNKS:
		return option_shape("chunks", value, &options->texts.chunks);
	case KEY_SHARDS:
		return option_shape("shards", value, &options->texts.shards);
	case KEY_COMPRESSOR:
		return option_text(value, &options->texts.compressor);
	case KEY_FILL_VALUE:
		return option_text(value, &options->texts.fill_value);
	case KEY_ORDER:
		return option_order(value, &options->new_arrays.order);
	case KEY_SYNC:
		return option_folder("sync", value, &options->texts.sync);
	default:
		return set_flag(parsing, key);
	}
}

static int on_option(void *data, const char *arg, int key, struct fuse_args *args)
{
	struct parsing *parsing = data;
	struct options *options = parsing->options;
	const char *value = strchr(arg, '=');

	(void)args;
	value = value ? value + 1 : "";
	switch (key) {
	case FUSE_OPT_KEY_NONOPT:
		return set_path(options, arg);
	case KEY_UID:
		return option_number("uid", value, 0, UINT32_MAX - 1, &options->uid);
	case KEY_GID:
		return option_number("gid", value, 0, UINT32_MAX - 1, &options->gid);
	case KEY_UMASK:
		return option_mask(value, &options->umask);
	case KEY_CACHE:
		return option_size("cache", value, &options->cache);
	case KEY_CACHE_MAX:
		return option_size("cache_max", value, &options->cache_max);
	case KEY_STORE_CACHE:
		return option_size("store_cache", value, &options->store_cache);
	case KEY_THREADS:
		return option_number("threads", value, 1, 1024, &options->threads);
	case KEY_READAHEAD:
		return option_number("readahead", value, 0, 1 << 20, &options->readahead);
	case KEY_MAX_THREADS:
		return option_number("max_threads", value, 1, 100000, &options->max_threads);
	case KEY_MAX_READ:
		return option_number("max_read", value, 4096, 1 << 30, &options->max_read) < 0 ? -1 : 1;
	case KEY_IDLE_THREADS:
		return option_number("max_idle_threads", value, 0, 100000, &options->max_idle_threads);
	default:
		return set_new(parsing, key, value);
	}
}

/* "fsname=STORE,subtype=zarrfs" in front, where the user's own come later and win. */
static int add_own(struct options *options)
{
	char *own = NULL, *fsname = NULL;
	int failed = asprintf(&fsname, "fsname=%s", options->store) < 0;

	if (failed)
		fsname = NULL;
	failed = failed || fuse_opt_add_opt_escaped(&own, fsname) < 0 ||
		 fuse_opt_add_opt(&own, "subtype=zarrfs") < 0;
	failed = failed || fuse_opt_insert_arg(&options->args, 1, own) < 0 ||
		 fuse_opt_insert_arg(&options->args, 1, "-o") < 0;
	free(own);
	free(fsname);
	return failed ? -1 : 0;
}

static enum options_result check(struct options *options)
{
	if (!options->store || !options->mountpoint) {
		fprintf(stderr, "zarrfs: %s\n%s", options->store ? "no MOUNTPOINT given" : "no STORE given",
			"Usage: zarrfs [OPTIONS] STORE[#PATH] MOUNTPOINT (\"zarrfs -h\" tells more)\n");
		return OPTIONS_WRONG;
	}
	if (options->create && options->read_only) {
		fputs("zarrfs: create: a read-only mount makes no store\n", stderr);
		return OPTIONS_WRONG;
	}
	options->new_arrays.dtype = options->texts.dtype;
	options->new_arrays.shape = options->texts.shape;
	options->new_arrays.chunks = options->texts.chunks;
	options->new_arrays.shards = options->texts.shards;
	options->new_arrays.compressor = options->texts.compressor;
	options->new_arrays.fill_value = options->texts.fill_value;
	options->sync = options->texts.sync;
	return add_own(options) < 0 ? OPTIONS_WRONG : OPTIONS_MOUNT;
}

enum options_result options_parse(int argc, char **argv, struct options *out)
{
	struct parsing parsing = { .options = out };

	*out = (struct options){
		.uid = getuid(),
		.gid = getgid(),
		.readahead = DEFAULT_READAHEAD,
		.max_threads = DEFAULT_MAX_THREADS,
		.max_idle_threads = DEFAULT_IDLE_THREADS,
		.args = FUSE_ARGS_INIT(argc, argv),
	};
	if (fuse_opt_parse(&out->args, &parsing, specs, on_option) < 0)
		return OPTIONS_WRONG;
	if (parsing.help) {
		fputs(usage, stdout);
		return OPTIONS_DONE;
	}
	if (parsing.version) {
		printf("zarrfs %s\nlibfuse %s\n", zf_version(), fuse_pkgversion());
		return OPTIONS_DONE;
	}
	return check(out);
}

void options_free(struct options *options)
{
	free(options->store);
	free(options->mountpoint);
	free(options->texts.dtype);
	free(options->texts.shape);
	free(options->texts.chunks);
	free(options->texts.shards);
	free(options->texts.compressor);
	free(options->texts.fill_value);
	free(options->texts.sync);
	fuse_opt_free_args(&options->args);
}
