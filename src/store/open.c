/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kind of store something is: by the prefix KIND:, or by looking at what is there; of a new one, by
 * the end of its name.
 */
#include "store/db.h"
#include "store/dir.h"
#include "store/fault.h"
#include "store/mem.h"
#include "store/temp.h"
#include "store/zip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- kinds --------------------------------------------------------------------------------------------- */

typedef int open_fn(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

/* Makes a directory that is to be empty. */
static int make_directory(struct zf_op *op, const char *path)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *stream;

	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return zf_fail(op, errno, "%m");
	stream = opendir(path);
	if (!stream)
		return zf_fail(op, errno == ENOTDIR ? EEXIST : errno, "%s",
			strerror(errno == ENOTDIR ? EEXIST : errno));
	while (empty && (entry = readdir(stream)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(stream);
	return empty ? 0 : zf_fail(op, EEXIST, "there is something already");
}

static unsigned dir_flags(unsigned flags)
{
	return flags & ZF_OPEN_READONLY ? ZF_DIR_READONLY : 0;
}

static int open_dir(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	if (flags & ZF_OPEN_CREATE && make_directory(op, path) < 0)
		return -1;
	return zf_dir_open(ctx, op, path, dir_flags(flags), out);
}

static int open_nested(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	if (flags & ZF_OPEN_CREATE && make_directory(op, path) < 0)
		return -1;
	return zf_dir_open(ctx, op, path, dir_flags(flags) | ZF_DIR_NESTED, out);
}

static int open_zip(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	return zf_zip_open(ctx, op, path,
		(flags & ZF_OPEN_READONLY ? ZF_ZIP_READONLY : 0) |
			(flags & ZF_OPEN_CREATE ? ZF_ZIP_CREATE : 0),
		out);
}

static int open_mem(
	struct zf_ctx *ctx, struct zf_op *op, const char *label, unsigned flags, struct zf_store **out)
{
	(void)flags;
	return zf_mem_open(ctx, op, label, out);
}

static int open_kind(struct zf_ctx *, struct zf_op *, const char *, unsigned, struct zf_store **);

/* "PLAN@SPEC": a store that goes wrong as a file says. */
static int open_fault(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	const char *at = strchr(path, '@');
	struct zf_store *store = NULL;
	char plan[4096];

	if (!at || (size_t)(at - path) >= sizeof plan)
		return zf_fail(op, EINVAL, "not PLAN@STORE");
	memcpy(plan, path, (size_t)(at - path));
	plan[at - path] = '\0';
	if (open_kind(ctx, op, at + 1, flags, &store) < 0 || zf_fault_open(op, store, "", &store) < 0)
		return -1;
	if (zf_fault_follow(store, op, plan) < 0) {
		zf_store_close(store);
		return -1;
	}
	*out = store;
	return 0;
}

static int open_temp(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	(void)flags;
	if (*path)
		return zf_fail(op, EINVAL, "a temporary store has no path");
	return zf_temp_open(ctx, op, out);
}

static unsigned db_flags(unsigned flags)
{
	return (flags & ZF_OPEN_READONLY ? ZF_DB_READONLY : 0) | (flags & ZF_OPEN_CREATE ? ZF_DB_CREATE : 0);
}

/* A database: CALL opens it. */
#define OPEN_DATABASE(NAME, CALL)                                                                            \
	static int NAME(struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags,              \
		struct zf_store **out)                                                                       \
	{                                                                                                    \
		return CALL(ctx, op, path, db_flags(flags), out);                                            \
	}

#ifdef HAVE_LMDB
/* A new one is a directory, as zarr-python's LMDBStore expects it. */
static int open_lmdb(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	if (flags & ZF_OPEN_CREATE && make_directory(op, path) < 0)
		return -1;
	return zf_lmdb_open(ctx, op, path, db_flags(flags), out);
}
#else
#define open_lmdb NULL
#endif
#ifdef HAVE_SQLITE
OPEN_DATABASE(open_sqlite, zf_sqlite_open)
#else
#define open_sqlite NULL
#endif
#ifdef HAVE_GDBM
OPEN_DATABASE(open_gdbm, zf_gdbm_open)
#else
#define open_gdbm NULL
#endif
#ifdef HAVE_BDB
OPEN_DATABASE(open_bdb, zf_bdb_open)
OPEN_DATABASE(open_ndbm, zf_ndbm_open)
#else
#define open_bdb NULL
#define open_ndbm NULL
#endif
OPEN_DATABASE(open_dumbdbm, zf_dumbdbm_open)

#define FILES(...)                                                                                           \
	(const char *const[])                                                                                \
	{                                                                                                    \
		__VA_ARGS__, NULL                                                                            \
	}

/* open NULL: known, and not in this build. files: what PATH stands for, "PATH" and more; NULL: a directory of
 * its own, or nothing that stays. */
static const struct kind {
	const char *name;
	open_fn *open;
	const char *const *files;
} kinds[] = {
	{ "dir", open_dir, NULL },
	{ "nested", open_nested, NULL },
	{ "zip", open_zip, FILES("") },
	{ "gdbm", open_gdbm, FILES("") },
	{ "bdb", open_bdb, FILES("") },
	{ "ndbm", open_ndbm, FILES(".db") },
	{ "dumbdbm", open_dumbdbm, FILES(".dat", ".dir", ".bak") },
	{ "lmdb", open_lmdb, NULL },
	{ "sqlite", open_sqlite, FILES("") },
	{ "mem", open_mem, NULL },
	{ "temp", open_temp, NULL },
	{ "fault", open_fault, NULL },
	{ "http", NULL, NULL },
	{ "https", NULL, NULL },
	{ "s3", NULL, NULL },
};

static bool needs_path(const struct kind *kind)
{
	return kind->open != open_mem && kind->open != open_temp;
}

static const struct kind *find_kind(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, name, len) == 0)
			return &kinds[i];
	return NULL;
}

/* The length of KIND in "KIND:REST", 0 where there is none. */
static size_t kind_len(const char *spec)
{
	size_t n = strspn(spec, "abcdefghijklmnopqrstuvwxyz0123456789");

	return spec[n] == ':' ? n : 0;
}

/* ---- files of known kinds ------------------------------------------------------------------------------ */

static bool has_u32(const uint8_t *p, uint32_t big_endian, bool any_order)
{
	uint32_t v = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

	return v == big_endian || (any_order && v == __builtin_bswap32(big_endian));
}

/* Numbers at fixed places. gdbm, Berkeley DB and LMDB write them in the order of the machine. */
static const struct magic {
	const char *kind;
	unsigned offset;
	uint32_t value;
	bool any_order;
} magics[] = {
	{ "zip", 0, 0x504b0304, false },    /* a member */
	{ "zip", 0, 0x504b0506, false },    /* the end of an archive without members */
	{ "sqlite", 0, 0x53514c69, false }, /* "SQLite format 3" */
	{ "gdbm", 0, 0x13579ace, true },    /* old, with a bug in its magic */
	{ "gdbm", 0, 0x13579acd, true },    /* 32-bit */
	{ "gdbm", 0, 0x13579acf, true },    /* 64-bit */
	{ "gdbm", 0, 0x13579ad0, true },    /* 32-bit, numsync */
	{ "gdbm", 0, 0x13579ad1, true },    /* 64-bit, numsync */
	{ "bdb", 12, 0x00053162, true },    /* btree */
	{ "bdb", 12, 0x00061561, true },    /* hash */
	{ "lmdb", 16, 0xbeefc0de, true },   /* after a page header of 64-bit machines */
	{ "lmdb", 12, 0xbeefc0de, true },   /* of 32-bit ones */
};

enum { HEAD = 20 }; /* bytes needed to know a file */

static const char *kind_of_head(const uint8_t head[static HEAD])
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (has_u32(head + magics[i].offset, magics[i].value, magics[i].any_order))
			return magics[i].kind;
	return NULL;
}

/* A dumbdbm store is a pair, X.dat and X.dir, where the second is text and begins with a quoted key. */
static bool is_dumbdbm(const char *path)
{
	char index[4096], first = 0;
	size_t n = strlen(path);
	int fd;

	if (n > 4 && strcmp(path + n - 4, ".dat") == 0)
		n -= 4;
	if (snprintf(index, sizeof index, "%.*s.dir", (int)n, path) >= (int)sizeof index)
		return false;
	fd = open(index, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &first, 1) != 1)
		first = 0;
	close(fd);
	return first == '\'' || first == '"';
}

/* The kind of an open file; NULL for none of those we know. */
static const char *kind_of_file(int fd, const char *path)
{
	uint8_t head[HEAD] = { 0 };
	const char *kind = NULL;

	if (pread(fd, head, sizeof head, 0) >= 4)
		kind = kind_of_head(head);
	if (!kind && is_dumbdbm(path))
		kind = "dumbdbm";
	return kind;
}

/* A directory that holds LMDB's file and no Zarr metadata. */
static bool is_lmdb_directory(int dir)
{
	static const char *const metadata[] = { "zarr.json", ".zgroup", ".zarray", ".zmetadata" };
	const char *kind = NULL;
	struct stat st;
	int fd;

	for (size_t i = 0; i < sizeof metadata / sizeof *metadata; i++)
		if (fstatat(dir, metadata[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			return false;
	fd = openat(dir, "data.mdb", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		kind = kind_of_file(fd, "");
	close(fd);
	return kind && strcmp(kind, "lmdb") == 0;
}

/* What "PATH.SUFFIX" is; NULL for no file of a known kind. */
static const char *kind_of_sibling(const char *path, const char *suffix)
{
	char file[4096];
	const char *kind;
	struct stat st;
	int fd;

	if (snprintf(file, sizeof file, "%s.%s", path, suffix) >= (int)sizeof file)
		return NULL;
	fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	kind = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? kind_of_file(fd, file) : NULL;
	close(fd);
	return kind;
}

/* dumbdbm and ndbm are known by a name that no file has: X stands for X.dat and X.dir, or for X.db. */
static const char *kind_of_absent(const char *path)
{
	const char *kind = kind_of_sibling(path, "dat");

	if (kind && strcmp(kind, "dumbdbm") == 0)
		return kind;
	kind = kind_of_sibling(path, "db");
	return kind && strcmp(kind, "bdb") == 0 ? "ndbm" : NULL;
}

/* ---- looking ------------------------------------------------------------------------------------------- */

static const char *kind_of_path(struct zf_op *op, const char *path)
{
	const char *kind = NULL;
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		int err = errno;

		if (err == ENOENT)
			kind = kind_of_absent(path);
		/* a directory may be of use without the right to list it */
		if (err == EACCES && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			kind = "dir";
		errno = err;
		if (!kind)
			zf_fail(op, err, "%m");
		return kind;
	}
	if (fstat(fd, &st) < 0)
		zf_fail(op, errno, "%m");
	else if (S_ISDIR(st.st_mode))
		kind = is_lmdb_directory(fd) ? "lmdb" : "dir";
	else if (!S_ISREG(st.st_mode))
		zf_fail(op, EINVAL, "not a Zarr store: neither a directory nor a regular file");
	else if (!(kind = kind_of_file(fd, path)))
		zf_fail(op, EINVAL, "not a Zarr store: a file of unknown kind");
	close(fd);
	return kind;
}

/* Finds kind and path. */
static const struct kind *resolve(struct zf_op *op, const char *spec, const char **path)
{
	size_t n = kind_len(spec);
	const struct kind *kind = n ? find_kind(spec, n) : NULL;
	const char *name;
	struct stat st;

	*path = spec;
	if (kind) {
		*path += n + 1;
		return kind;
	}
	/* a path may have a colon in it */
	if (n && lstat(spec, &st) < 0) {
		zf_fail(op, EINVAL, "unknown store kind '%.*s'", (int)n, spec);
		return NULL;
	}
	name = kind_of_path(op, spec);
	return name ? find_kind(name, strlen(name)) : NULL;
}

/* ---- new ones ------------------------------------------------------------------------------------------ */

/* By the names in zarr-python's documentation, and usual ones. */
static const struct {
	const char *end, *kind;
} ends[] = {
	{ ".zip", "zip" },
	{ ".mdb", "lmdb" },
	{ ".lmdb", "lmdb" },
	{ ".gdbm", "gdbm" },
	{ ".bdb", "bdb" },
	{ ".sqldb", "sqlite" },
	{ ".sqlite", "sqlite" },
	{ ".sqlite3", "sqlite" },
	{ ".db", "sqlite" },
};

static const struct kind *kind_of_name(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t end = strlen(ends[i].end);

		if (n > end && strcmp(path + n - end, ends[i].end) == 0)
			return find_kind(ends[i].kind, strlen(ends[i].kind));
	}
	return find_kind("dir", 3);
}

/* A colon after something that is no kind may be part of a path, where the path begins with a '.' or '/'. */
static const struct kind *resolve_new(struct zf_op *op, const char *spec, const char **path)
{
	size_t n = kind_len(spec);
	const struct kind *kind = n ? find_kind(spec, n) : NULL;

	*path = kind ? spec + n + 1 : spec;
	if (kind)
		return kind;
	if (n) {
		zf_fail(op, EINVAL, "unknown store kind '%.*s'", (int)n, spec);
		return NULL;
	}
	return kind_of_name(spec);
}

static int check_nothing_there(struct zf_op *op, const struct kind *kind, const char *path)
{
	char name[4096 + 8];
	size_t n = strlen(path);
	struct stat st;

	/* X.dat stands for X.dat and X.dir */
	if (kind->open == open_dumbdbm && n > 4 && strcmp(path + n - 4, ".dat") == 0)
		n -= 4;
	for (const char *const *file = kind->files; file && *file; file++) {
		if (snprintf(name, sizeof name, "%.*s%s", (int)n, path, *file) >= (int)sizeof name)
			return zf_fail(op, ENAMETOOLONG, "%s", strerror(ENAMETOOLONG));
		if (lstat(name, &st) == 0)
			return zf_fail(op, EEXIST, "%s", strerror(EEXIST));
		if (errno != ENOENT)
			return zf_fail(op, errno, "%m");
	}
	return 0;
}

/* ---- opening ------------------------------------------------------------------------------------------- */

static int open_kind(
	struct zf_ctx *ctx, struct zf_op *op, const char *spec, unsigned flags, struct zf_store **out)
{
	const struct kind *kind;
	const char *path;

	if (!*spec)
		return zf_fail(op, EINVAL, "no path given");
	if (flags & ZF_OPEN_CREATE && flags & ZF_OPEN_READONLY)
		return zf_fail(op, EINVAL, "a new store cannot be read-only");
	kind = flags & ZF_OPEN_CREATE ? resolve_new(op, spec, &path) : resolve(op, spec, &path);
	if (!kind)
		return -1;
	if (!kind->open)
		return zf_fail(op, EOPNOTSUPP, "store kind '%s' is not in this build", kind->name);
	if (!*path && needs_path(kind))
		return zf_fail(op, EINVAL, "no path after '%s:'", kind->name);
	if (flags & ZF_OPEN_CREATE && check_nothing_there(op, kind, path) < 0)
		return -1;
	return kind->open(ctx, op, path, flags, out);
}

int zf_store_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *spec, unsigned flags, struct zf_store **out)
{
	if (open_kind(ctx, op, spec, flags, out) < 0)
		return zf_where(op, "%s", spec);
	return 0;
}
