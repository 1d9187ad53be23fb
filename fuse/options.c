/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line: our options are taken out, the rest is left to libfuse, which refuses what it does not
 * know.
 */
#include "options.h"

#include "zarrfs.h"

#include <ctype.h>
#include <errno.h>
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
	KEY_RW,
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
	FUSE_OPT_KEY("threads=", KEY_THREADS),
	FUSE_OPT_KEY("readahead=", KEY_READAHEAD),
	FUSE_OPT_KEY("max_threads=", KEY_MAX_THREADS),
	FUSE_OPT_KEY("max_idle_threads=", KEY_IDLE_THREADS),
	FUSE_OPT_KEY("clone_fd", KEY_CLONE_FD),
	FUSE_OPT_KEY("max_read=", KEY_MAX_READ),
	FUSE_OPT_KEY("rw", KEY_RW),
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
	"    -o threads=N          threads that decode (the CPUs that there are)\n"
	"    -o direct_io          do without the kernel's page cache\n"
	"    -o readahead=KIB      how far the kernel reads ahead, where we may set it (4096; 0: leave it)\n"
	"    -o uid=N,gid=N        owner of the files (who mounts)\n"
	"    -o umask=OCTAL        permissions taken away (0)\n"
	"    -o ro                 read-only: always so\n"
	"    -o allow_other        let other users in\n"
	"    -o default_permissions  let the kernel check permissions\n"
	"\n"
	"Options of libfuse and of mount(8) are taken too. \"fusermount3 -u MOUNTPOINT\" ends it.\n"
	"The manual is zarrfs(1).\n";

static int wrong(const char *option, const char *value, const char *what)
{
	fprintf(stderr, "zarrfs: %s: '%s' is not %s\n", option, value, what);
	return -1;
}

/* A whole number in a base, from low to high. */
static bool parse_number(
	const char *text, int base, unsigned long long low, unsigned long long high, unsigned long long *out)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, &end, base);
	if (errno || *end || n < low || n > high)
		return false;
	*out = n;
	return true;
}

static int set_number(
	const char *option, const char *value, unsigned long long low, unsigned long long high, unsigned *out)
{
	unsigned long long n;
	char what[64];

	if (parse_number(value, 10, low, high, &n)) {
		*out = (unsigned)n;
		return 0;
	}
	snprintf(what, sizeof what, "a number from %llu to %llu", low, high);
	return wrong(option, value, what);
}

static int set_mask(const char *value, mode_t *out)
{
	unsigned long long n;

	if (!parse_number(value, 8, 0, 0777, &n))
		return wrong("umask", value, "an octal number up to 777");
	*out = (mode_t)n;
	return 0;
}

/* Bytes, or with a suffix KiB, MiB, GiB, TiB. */
static int set_size(const char *option, const char *value, uint64_t *out)
{
	static const char suffixes[] = "KMGT";
	char digits[24];
	size_t len = strspn(value, "0123456789");
	unsigned long long n;
	const char *suffix;
	unsigned shift = 0;

	if (len == 0 || len >= sizeof digits || (value[len] && value[len + 1]))
		return wrong(option, value, "a size");
	if (value[len]) {
		suffix = strchr(suffixes, toupper((unsigned char)value[len]));
		if (!suffix)
			return wrong(option, value, "a size");
		shift = 10 * (unsigned)(suffix - suffixes + 1);
	}
	memcpy(digits, value, len);
	digits[len] = '\0';
	if (!parse_number(digits, 10, 1, UINT64_MAX >> shift, &n))
		return wrong(option, value, "a size");
	*out = (uint64_t)n << shift;
	return 0;
}

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
	case KEY_RW:
		return 0;
	default:
		return 1;
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
		return set_number("uid", value, 0, UINT32_MAX - 1, &options->uid);
	case KEY_GID:
		return set_number("gid", value, 0, UINT32_MAX - 1, &options->gid);
	case KEY_UMASK:
		return set_mask(value, &options->umask);
	case KEY_CACHE:
		return set_size("cache", value, &options->cache);
	case KEY_CACHE_MAX:
		return set_size("cache_max", value, &options->cache_max);
	case KEY_THREADS:
		return set_number("threads", value, 1, 1024, &options->threads);
	case KEY_READAHEAD:
		return set_number("readahead", value, 0, 1 << 20, &options->readahead);
	case KEY_MAX_THREADS:
		return set_number("max_threads", value, 1, 100000, &options->max_threads);
	case KEY_MAX_READ:
		return set_number("max_read", value, 4096, 1 << 30, &options->max_read) < 0 ? -1 : 1;
	case KEY_IDLE_THREADS:
		return set_number("max_idle_threads", value, 0, 100000, &options->max_idle_threads);
	default:
		return set_flag(parsing, key);
	}
}

/* "fsname=STORE,subtype=zarrfs" in front, where the user's own come later and win; "ro" at the end, where it
 * wins. */
static int add_own(struct options *options)
{
	char *own = NULL, *fsname = NULL;
	int failed = asprintf(&fsname, "fsname=%s", options->store) < 0;

	if (failed)
		fsname = NULL;
	failed = failed || fuse_opt_add_opt_escaped(&own, fsname) < 0 ||
		 fuse_opt_add_opt(&own, "subtype=zarrfs") < 0;
	failed = failed || fuse_opt_insert_arg(&options->args, 1, own) < 0 ||
		 fuse_opt_insert_arg(&options->args, 1, "-o") < 0 ||
		 fuse_opt_add_arg(&options->args, "-oro") < 0;
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
	fuse_opt_free_args(&options->args);
}
