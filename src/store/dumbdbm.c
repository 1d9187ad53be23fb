/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Python's dbm.dumb: values in X.dat, and in X.dir a line for each key, as Python's repr() writes it:
 *
 *     'temp/0.0', (512, 1042)
 *
 * Values begin at multiples of 512 and own their blocks, as Python writes over a value that fits. A flush
 * writes new values into blocks that no line names, then a whole new index, which takes the place of the old
 * one by a rename: whoever is killed leaves the old state or the new. X.bak is the index before, as
 * in Python. Python takes no lock; we keep each other from writing with one on X.dat.
 */
#include "store/flat.h"
#include "store/local.h"

#include "base/checked.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { BLOCK = 512, LINE = 4 * ZF_MAX_KEY + 64, MAX_GAPS_TRIED = 64, PIECE = 8 << 20 };

struct extent {
	uint64_t pos, len;
};

struct dumb {
	struct zf_flat flat;
	char *dat, *bak, *tmp; /* paths beside flat.file; owned */
	int fd;                /* of X.dat, while the database is open */
	struct zf_keys *keys;  /* numbers: places in extent */
	struct extent *extent; /* owned */
	size_t count, cap;
	uint8_t *value; /* the last one fetched; owned */
};

/* ---- reading the index --------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads what follows a backslash: *at is moved past it. The byte, or -1. */
static int parse_escape(const char **at)
{
	static const char from[] = "\\'\"nrt", to[] = "\\'\"\n\r\t";
	const char *p = *at, *known = *p ? strchr(from, *p) : NULL;
	int high, low;

	if (known) {
		*at = p + 1;
		return (unsigned char)to[known - from];
	}
	if (*p != 'x' || (high = hex_digit(p[1])) < 0 || (low = hex_digit(p[2])) < 0)
		return -1;
	*at = p + 3;
	return high << 4 | low;
}

/* Reads a quoted string. Its length, or -1. *at is moved past it. */
static ssize_t parse_key(const char **at, char key[static LINE])
{
	const char *p = *at;
	char quote = *p++;
	ssize_t n = 0;
	int c;

	if (quote != '\'' && quote != '"')
		return -1;
	while (*p && *p != quote) {
		c = (unsigned char)*p++;
		if (c == '\\' && (c = parse_escape(&p)) < 0)
			return -1;
		key[n++] = (char)c;
	}
	*at = p + 1;
	return *p ? n : -1;
}

static bool parse_number(const char **at, uint64_t *out)
{
	const char *p = *at;
	uint64_t n = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (!zf_mul(n, 10, &n) || !zf_add(n, (uint64_t)(*p - '0'), &n))
			return false;
	if (p == *at || n > INT64_MAX)
		return false;
	*at = p;
	*out = n;
	return true;
}

static bool parse_text(const char **at, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*at, text, n) != 0)
		return false;
	*at += n;
	return true;
}

static bool parse_line(const char *line, char key[static LINE], size_t *len, struct extent *out)
{
	uint64_t end;
	ssize_t n = parse_key(&line, key);

	if (n < 0 || !parse_text(&line, ", (") || !parse_number(&line, &out->pos) ||
		!parse_text(&line, ", ") || !parse_number(&line, &out->len) || !parse_text(&line, ")"))
		return false;
	*len = (size_t)n;
	return line[strspn(line, " \r\n")] == '\0' && zf_add(out->pos, out->len, &end) && end <= INT64_MAX;
}

static int add_extent(struct dumb *self, struct zf_op *op, const struct extent *extent)
{
	size_t cap = self->cap ? self->cap * 2 : 64;
	struct extent *more;

	if (self->count == self->cap) {
		more = realloc(self->extent, cap * sizeof *more);
		if (!more)
			return zf_nomem(op, cap * sizeof *more);
		self->extent = more;
		self->cap = cap;
	}
	self->extent[self->count++] = *extent;
	return 0;
}

/* Keys that no store may be asked for are left out; a new index will have lost them. */
static int read_line(struct dumb *self, struct zf_op *op, const char *line, unsigned long number)
{
	char key[LINE];
	struct extent extent;
	size_t n;

	if (!parse_line(line, key, &n, &extent))
		return zf_fail(
			op, EIO, "line %lu of the index '.dir' is not one that dbm.dumb writes", number);
	if (!zf_keys_accepts(key, n))
		return 0;
	key[n] = '\0';
	return add_extent(self, op, &extent) < 0 ? -1 : zf_keys_put(self->keys, op, key, self->count - 1);
}

static int read_index(struct dumb *self, struct zf_op *op)
{
	FILE *file = fopen(self->flat.file, "re");
	char line[LINE];
	int result = 0;

	if (!file)
		return zf_fail(op, errno, "cannot open the index '.dir': %m");
	for (unsigned long number = 1; result == 0 && fgets(line, sizeof line, file); number++)
		result = zf_op_check(op) < 0 ? -1 : read_line(self, op, line, number);
	if (result == 0 && ferror(file))
		result = zf_fail(op, EIO, "cannot read the index '.dir'");
	fclose(file);
	return result;
}

/* ---- opening ------------------------------------------------------------------------------------------- */

static void close_db(struct zf_flat *flat)
{
	struct dumb *self = (struct dumb *)flat;

	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
	zf_keys_free(self->keys);
	free(self->extent);
	free(self->value);
	self->keys = NULL;
	self->extent = NULL;
	self->value = NULL;
	self->count = self->cap = 0;
}

static char *beside(const char *file, const char *suffix)
{
	size_t n = strlen(file) - strlen(".dir");
	char *path = NULL;

	if (asprintf(&path, "%.*s%s", (int)n, file, suffix) < 0)
		return NULL;
	return path;
}

static int make_paths(struct dumb *self, struct zf_op *op)
{
	const char *file = self->flat.file;

	if (self->dat)
		return 0;
	self->fd = -1;
	self->dat = beside(file, ".dat");
	self->bak = beside(file, ".bak");
	self->tmp = beside(file, ".dir.zarrfs-tmp");
	return self->dat && self->bak && self->tmp ? 0 : zf_nomem(op, strlen(file));
}

static int open_data(struct dumb *self, struct zf_op *op, bool create)
{
	int flags = (self->flat.writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct stat st;
	int fd;

	if (create) {
		fd = open(self->flat.file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0)
			return zf_fail(op, errno, "cannot make the index '.dir': %m");
		close(fd);
	}
	self->fd = open(self->dat, flags | (create ? O_CREAT : 0), 0666);
	if (self->fd < 0)
		return zf_fail(op, errno, "cannot open '.dat': %m");
	if (fstat(self->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return zf_fail(op, EINVAL, "'.dat' is not a regular file");
	if (self->flat.writable && flock(self->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return zf_fail(op, EBUSY, "the dumbdbm store is locked by another program that writes it%s",
			zf_local_holder(self->dat).text);
	return 0;
}

static int open_db(struct zf_flat *flat, struct zf_op *op, bool create)
{
	struct dumb *self = (struct dumb *)flat;

	if (make_paths(self, op) < 0)
		return -1;
	if (open_data(self, op, create) < 0 || zf_keys_new(op, &self->keys) < 0 || read_index(self, op) < 0) {
		close_db(flat);
		return -1;
	}
	return 0;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static int read_value(struct dumb *self, struct zf_op *op, const struct extent *extent)
{
	uint8_t *value;
	ssize_t n;

	value = realloc(self->value, (size_t)extent->len + !extent->len);
	if (!value)
		return zf_nomem(op, (size_t)extent->len);
	self->value = value;
	for (uint64_t done = 0; done < extent->len; done += (uint64_t)n) {
		if (zf_op_check(op) < 0)
			return -1;
		n = pread(self->fd, value + done,
			extent->len - done < PIECE ? (size_t)(extent->len - done) : PIECE,
			(off_t)(extent->pos + done));
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot read '.dat': %m");
		if (n == 0)
			return zf_fail(op, EIO, "'.dat' ends at byte %llu, within the value",
				(unsigned long long)(extent->pos + done));
		n = n < 0 ? 0 : n;
	}
	return ZF_FOUND;
}

static int fetch(struct zf_flat *flat, struct zf_op *op, const char *key, const uint8_t **data, size_t *len)
{
	struct dumb *self = (struct dumb *)flat;
	const struct extent *extent;
	struct stat st;
	uint64_t i;

	if (!zf_keys_get(self->keys, key, &i))
		return ZF_MISSING;
	extent = &self->extent[i];
	if (fstat(self->fd, &st) < 0)
		return zf_fail(op, errno, "cannot look at '.dat': %m");
	if (extent->pos + extent->len > (uint64_t)st.st_size)
		return zf_fail(op, EIO, "the index '.dir' names bytes %llu to %llu of '.dat', which has %lld",
			(unsigned long long)extent->pos, (unsigned long long)(extent->pos + extent->len),
			(long long)st.st_size);
	if (zf_flat_accepts(flat, op, extent->len) < 0 || read_value(self, op, extent) < 0)
		return -1;
	*data = self->value;
	*len = (size_t)extent->len;
	return ZF_FOUND;
}

struct each {
	struct zf_flat *flat;
	struct zf_op *op;
	zf_flat_key_fn *fn;
};

static int each_key(void *arg, const char *key, uint64_t number)
{
	const struct each *each = arg;

	(void)number;
	return each->fn(each->flat, each->op, key, strlen(key));
}

static int each(struct zf_flat *flat, struct zf_op *op, zf_flat_key_fn *fn)
{
	struct each call = { flat, op, fn };

	return zf_keys_each(((struct dumb *)flat)->keys, each_key, &call);
}

/* ---- room in X.dat ------------------------------------------------------------------------------------- */

/* Runs of blocks that the index on disk does not name. The last one has no end. */
struct room {
	struct extent *gap; /* owned */
	size_t count, next;
};

static int by_pos(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->pos < y->pos ? -1 : x->pos > y->pos;
}

static uint64_t round_up(uint64_t n)
{
	return zf_div_up(n, BLOCK) * BLOCK;
}

struct collect {
	const struct dumb *self;
	struct extent *to;
	size_t count;
};

static int collect_extent(void *arg, const char *key, uint64_t number)
{
	struct collect *collect = arg;

	(void)key;
	collect->to[collect->count++] = collect->self->extent[number];
	return 0;
}

static int find_room(struct dumb *self, struct zf_op *op, struct room *room)
{
	size_t n = zf_keys_count(self->keys);
	struct collect used = { .self = self, .to = calloc(n + 1, sizeof *used.to) };
	struct extent *gap;
	uint64_t end = 0;

	if (!used.to)
		return zf_nomem(op, (n + 1) * sizeof *used.to);
	zf_keys_each(self->keys, collect_extent, &used);
	qsort(used.to, n, sizeof *used.to, by_pos);
	/* gap i lies before extent i, so that both can be in one array */
	gap = used.to;
	for (size_t i = 0; i < n; i++) {
		uint64_t from = gap[i].pos / BLOCK * BLOCK, to = round_up(gap[i].pos + gap[i].len);

		gap[i] = (struct extent){ end, from > end ? from - end : 0 };
		end = to > end ? to : end;
	}
	gap[n] = (struct extent){ end, INT64_MAX - end };
	*room = (struct room){ .gap = gap, .count = n + 1 };
	return 0;
}

/* Takes room for len bytes: the first gap of the next few that has it, else the end. */
static uint64_t take_room(struct room *room, uint64_t len)
{
	struct extent *gap = &room->gap[room->count - 1];
	uint64_t pos;

	for (size_t i = 0; i < MAX_GAPS_TRIED && i < room->count; i++) {
		size_t at = (room->next + i) % room->count;

		if (room->gap[at].len >= round_up(len)) {
			gap = &room->gap[at];
			room->next = at;
			break;
		}
	}
	pos = gap->pos;
	gap->pos += round_up(len);
	gap->len -= round_up(len);
	return pos;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static int write_all(struct zf_op *op, int fd, const uint8_t *data, size_t len, uint64_t pos)
{
	ssize_t n;

	for (size_t done = 0; done < len; done += (size_t)n) {
		n = pwrite(fd, data + done, len - done, (off_t)(pos + done));
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot write '.dat': %m");
		n = n < 0 ? 0 : n;
	}
	return 0;
}

static int make_change(struct dumb *self, struct zf_op *op, struct room *room, const struct zf_change *change)
{
	struct extent extent = { .len = change->len };

	if (!change->data) {
		zf_keys_del(self->keys, change->key);
		return 0;
	}
	extent.pos = take_room(room, change->len);
	if (write_all(op, self->fd, change->data, change->len, extent.pos) < 0)
		return -1;
	return add_extent(self, op, &extent) < 0 ? -1
						 : zf_keys_put(self->keys, op, change->key, self->count - 1);
}

struct writer {
	const struct dumb *self;
	FILE *file;
};

static int write_line(void *arg, const char *key, uint64_t number)
{
	const struct writer *writer = arg;
	const struct extent *extent = &writer->self->extent[number];

	putc('\'', writer->file);
	for (; *key; key++) {
		unsigned char c = (unsigned char)*key;

		if (c == '\'' || c == '\\')
			fprintf(writer->file, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(writer->file, "\\x%02x", c);
		else
			putc(c, writer->file);
	}
	fprintf(writer->file, "', (%llu, %llu)\n", (unsigned long long)extent->pos,
		(unsigned long long)extent->len);
	return ferror(writer->file);
}

static int sync_folder(const char *file)
{
	size_t n = (size_t)(strrchr(file, '/') - file);
	char *folder = strndup(file, n ? n : 1);
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, result = -1;

	free(folder);
	if (fd >= 0) {
		result = fsync(fd);
		close(fd);
	}
	return result;
}

/* The new index takes the place of the old one, which stays as X.bak. */
static int replace_index(const struct dumb *self)
{
	if (unlink(self->bak) < 0 && errno != ENOENT)
		return -1;
	if (link(self->flat.file, self->bak) < 0 && errno != EPERM && errno != EOPNOTSUPP)
		return -1;
	return rename(self->tmp, self->flat.file) < 0 ? -1 : sync_folder(self->flat.file);
}

static int write_index(struct dumb *self, struct zf_op *op)
{
	struct writer writer = { .self = self, .file = fopen(self->tmp, "we") };
	struct stat st;
	int err = errno;
	bool good;

	if (!writer.file)
		return zf_fail(op, err, "cannot write the index '.dir': %m");
	if (fstat(self->fd, &st) == 0 && fchmod(fileno(writer.file), st.st_mode & 07777) < 0)
		errno = 0; /* the mode is a courtesy */
	good = zf_keys_each(self->keys, write_line, &writer) == 0 && fflush(writer.file) == 0 &&
	       fsync(fileno(writer.file)) == 0;
	err = errno;
	if (fclose(writer.file) < 0 && good) {
		good = false;
		err = errno;
	}
	if (good && replace_index(self) < 0) {
		good = false;
		err = errno;
	}
	if (good)
		return 0;
	unlink(self->tmp);
	errno = err;
	return zf_fail(op, err ? err : EIO, "cannot write the index '.dir': %m");
}

static int apply(struct zf_flat *flat, struct zf_op *op, const struct zf_group *group)
{
	struct dumb *self = (struct dumb *)flat;
	struct room room = { 0 };
	int result;

	result = find_room(self, op, &room);
	if (result < 0)
		return -1;
	for (size_t i = 0; i < group->count && result == 0; i++)
		result = make_change(self, op, &room, &group->change[i]);
	free(room.gap);
	if (result == 0 && fdatasync(self->fd) < 0)
		result = zf_fail(op, errno, "cannot write '.dat': %m");
	return result < 0 ? -1 : write_index(self, op);
}

/* ---- the kind ------------------------------------------------------------------------------------------ */

static void close_store(struct zf_store *store)
{
	struct dumb *self = (struct dumb *)store;
	char *dat = self->dat, *bak = self->bak, *tmp = self->tmp;

	zf_flat_close(store);
	free(dat);
	free(bak);
	free(tmp);
}

static const struct zf_flat_driver driver = {
	.ops = { .kind = "dumbdbm",
		.get = zf_flat_get,
		.stat = zf_flat_stat,
		.list = zf_flat_list,
		.put = zf_flat_put,
		.del = zf_flat_del,
		.settle = zf_flat_flush,
		.flush = zf_flat_flush,
		.space = zf_flat_space,
		.close = close_store },
	.size = sizeof(struct dumb),
	.open = open_db,
	.close = close_db,
	.fetch = fetch,
	.each = each,
	.apply = apply,
};

int zf_dumbdbm_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	size_t n = strlen(path);
	char *file = NULL, *bak = NULL;
	int result;

	if (n > 4 && (strcmp(path + n - 4, ".dat") == 0 || strcmp(path + n - 4, ".dir") == 0))
		n -= 4;
	if (asprintf(&file, "%.*s.dir", (int)n, path) < 0 || asprintf(&bak, "%.*s.bak", (int)n, path) < 0)
		result = zf_nomem(op, n);
	else if (!(flags & ZF_DB_CREATE) && access(file, F_OK) < 0 && access(bak, F_OK) == 0)
		result = zf_fail(
			op, ENOENT, "the index '.dir' is missing; an older one is beside it as '.bak'");
	else
		result = zf_flat_open(ctx, op, &driver, path, file, flags, out);
	free(file);
	free(bak);
	return result;
}
