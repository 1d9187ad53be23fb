/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Damaged databases: cut off, bits flipped, parts overwritten. Whatever is opened, listed and read ends with
 * values or errors, in bounded time. Each case is a process of its own, which must end by itself.
 *
 * Libraries that fail this are not trusted with foreign files; they run with ZF_DAMAGE_ALL=1 only.
 */
#include "fixture.h"

#include "store/db.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CASES = 300, SECONDS = 20, MAX_FILE = 4 << 20 };

typedef int open_fn(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

struct kind {
	const char *name;
	open_fn *open;
	unsigned flags;
	const char *suffix; /* of the file that is damaged */
	bool trusted;
};

static const struct kind kinds[] = {
	{ "dumbdbm index", zf_dumbdbm_open, 0, ".dir", true },
	{ "dumbdbm data", zf_dumbdbm_open, 0, ".dat", true },
#ifdef HAVE_LMDB
	{ "lmdb", zf_lmdb_open, 0, "", true },
#endif
#ifdef HAVE_GDBM
	{ "gdbm", zf_gdbm_open, 0, "", false },
#endif
#ifdef HAVE_BDB
	{ "bdb btree", zf_bdb_open, 0, "", false },
	{ "bdb hash", zf_bdb_open, ZF_DB_HASH, "", false },
#endif
};

static uint8_t whole[MAX_FILE];

/* A database of small and large values, several levels deep. */
static size_t make(const struct kind *kind, const char *path, const char *file)
{
	static char text[9000];
	struct stat st;
	char key[64];
	int fd;

	unit_ok(kind->open(&fx.ctx, &fx.op, path, ZF_DB_CREATE | kind->flags, &fx.store), &fx.op);
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "g%d/a/%d.%d", i % 7, i / 7, i);
		memset(text, 'a' + i % 26, sizeof text - 1);
		text[i % 10 == 0 ? 8000 + i : 10 + i % 200] = '\0';
		found(put(key, text));
	}
	unit_ok(flush(), &fx.op);
	zf_store_close(fx.store);
	fx.store = NULL;
	fd = open(file, O_RDONLY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_le(st.st_size, MAX_FILE);
	ck_assert_int_eq(read(fd, whole, sizeof whole), st.st_size);
	close(fd);
	return (size_t)st.st_size;
}

static size_t damage(uint8_t *bytes, size_t size, uint64_t *seed)
{
	size_t at = unit_below(seed, size), n;

	switch (unit_below(seed, 5)) {
	case 0:
		return at;
	case 1:
		bytes[at] ^= (uint8_t)(1 << unit_below(seed, 8));
		return size;
	case 2: /* the numbers at the head of a page */
		at = at / 4096 * 4096 + unit_below(seed, 64);
		bytes[at < size ? at : 0] = (uint8_t)unit_random(seed);
		return size;
	case 3:
		n = unit_below(seed, 64);
		memset(bytes + at, unit_below(seed, 2) ? 0xff : 0, n < size - at ? n : size - at);
		return size;
	default:
		for (int i = 0; i < 40; i++)
			bytes[unit_below(seed, size)] = (uint8_t)unit_random(seed);
		return size;
	}
}

static int get_child(void *arg, const char *name, bool is_prefix)
{
	char(*names)[32] = arg;

	(void)is_prefix;
	for (int i = 0; i < 64; i++)
		if (!names[i][0]) {
			snprintf(names[i], sizeof names[i], "%s", name);
			break;
		}
	return 0;
}

/* Reads all there is, in a process of its own; the exit status is 1 if something was found wrong. */
static void read_all(const struct kind *kind, const char *path)
{
	struct zf_out out = ZF_OUT_GROWING((size_t)1 << 20);
	static char names[64][32];
	struct zf_value value;
	struct zf_op op;
	char key[64];
	int wrong = 0;

	alarm(SECONDS);
	zf_op_init(&op);
	if (kind->open(&fx.ctx, &op, path, ZF_DB_READONLY, &fx.store) < 0)
		_exit(op.text[0] ? 1 : 3);
	zf_store_list(fx.store, &op, "", get_child, names);
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "g%d/a/%d.%d", i % 7, i / 7, i);
		zf_op_init(&op);
		out.len = 0;
		if (zf_store_get(fx.store, &op, key, NULL, &out, &value) != ZF_FOUND)
			wrong = 1;
		if (op.err && !op.text[0])
			_exit(3);
		zf_op_init(&op);
		if (i < 7)
			zf_store_list(fx.store, &op, (snprintf(key, sizeof key, "g%d/a", i), key), get_child,
				names);
	}
	zf_out_free(&out);
	zf_store_close(fx.store);
	_exit(wrong);
}

START_TEST(damaged)
{
	const struct kind *kind = &kinds[_i];
	const char *path = in_folder("x");
	char file[128];
	uint64_t seed = unit_seed();
	unsigned bad = 0, errors = 0;
	int cases = getenv("ZF_DAMAGE_CASES") ? atoi(getenv("ZF_DAMAGE_CASES")) : CASES;
	uint8_t *bytes = malloc(MAX_FILE);
	size_t size;

	if (!kind->trusted && !getenv("ZF_DAMAGE_ALL")) {
		free(bytes);
		return;
	}
	snprintf(file, sizeof file, "%s%s", path, kind->suffix);
	size = make(kind, path, file);
	for (int i = 0; i < cases; i++) {
		int status = -1;
		pid_t pid;

		memcpy(bytes, whole, size);
		write_file(file, bytes, damage(bytes, size, &seed));
		pid = fork();
		if (pid == 0)
			read_all(kind, path);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		errors += WIFEXITED(status) && WEXITSTATUS(status) == 1;
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
			printf("# %s: case %d ended with %#x\n", kind->name, i, status);
			fflush(stdout);
			bad++;
		}
	}
	printf("# %s: %d cases, %u had errors, %u ended badly\n", kind->name, cases, errors, bad);
	fflush(stdout);
	free(bytes);
	ck_assert_uint_eq(bad, 0);
	ck_assert_uint_gt(errors, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("damaged");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		TCase *tcase = tcase_create(kinds[i].name);

		tcase_set_timeout(tcase, UNIT_TIMEOUT);
		tcase_add_checked_fixture(tcase, setup, teardown);
		tcase_add_loop_test(tcase, damaged, (int)i, (int)i + 1);
		suite_add_tcase(suite, tcase);
	}
	return unit_run(suite);
}
