/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store: values on their way to a name, their temporaries, and what is left of them; renaming
 * and removing directories.
 *
 * fdatasync(2) fails when a test wants it to. Without the store's thread, unless a test says so.
 */
#include "fixture.h"

#include "store/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int sync_error; /* errno value; 0: none */
static int syncs;

int fdatasync(int fd)
{
	__atomic_add_fetch(&syncs, 1, __ATOMIC_RELAXED);
	if (sync_error) {
		errno = sync_error;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static void open_store(unsigned flags)
{
	zf_op_init(&fx.op);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, fx.store_folder, flags, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "dir:%s", fx.store_folder);
}

static void make_store(bool thread)
{
	fx.ctx.config.serial = !thread;
	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	open_store(0);
}

static void close_store(void)
{
	zf_store_close(fx.store);
	fx.store = NULL;
}

/* What another program reads: "" where there is nothing. Borrowed until the next call. */
static const char *outside(const char *key)
{
	static char text[64];
	char name[128];
	ssize_t n = 0;
	int fd;

	snprintf(name, sizeof name, "store/%s", key);
	fd = open(in_folder(name), O_RDONLY);
	if (fd >= 0) {
		n = read(fd, text, sizeof text - 1);
		ck_assert_int_ge(n, 0);
		close(fd);
	}
	text[n] = '\0';
	return text;
}

/* Names that begin as temporaries do, anywhere in the store. */
static unsigned temporaries(void)
{
	char command[256];
	unsigned n = 0;
	FILE *p;

	snprintf(command, sizeof command, "find '%s' -name '.zarrfs-tmp-*' | wc -l", fx.store_folder);
	p = popen(command, "r");
	ck_assert_int_eq(fscanf(p, "%u", &n), 1);
	pclose(p);
	return n;
}

/* ---- pending ----------------------------------------------------------------------------------------- */

START_TEST(seen_here_before_elsewhere)
{
	struct zf_tag tag;
	int result;

	make_store(false);
	found(put("a/b", "value"));
	ck_assert_str_eq(outside("a/b"), "");
	ck_assert_int_eq(syncs, 0);
	found(get("a/b", NULL));
	got("value");
	found(get("a/b", &(struct zf_range){ .offset = 2, .len = 1, .from_end = true }));
	got("l");
	found(stat_key("a/b"));
	ck_assert_uint_eq(fx.value.size, 5);
	tag = fx.value.tag;
	ck_assert_str_eq(list("", &result), "a/ ");
	ck_assert_str_eq(list("a", &result), "b ");

	unit_ok(settle(), &fx.op);
	ck_assert_str_eq(outside("a/b"), "value");
	ck_assert_int_eq(syncs, 1);
	ck_assert_uint_eq(temporaries(), 0);
	found(stat_key("a/b"));
	ck_assert(zf_tag_equal(&tag, &fx.value.tag));
	ck_assert_str_eq(list("a", &result), "b ");
	unit_ok(settle(), &fx.op);
	unit_ok(flush(), &fx.op);
	ck_assert_int_eq(syncs, 1);
}
END_TEST

START_TEST(the_last_one_counts)
{
	struct zf_tag tag;
	int result;

	make_store(false);
	found(put("v", "1"));
	unit_ok(settle(), &fx.op);
	found(put("v", "22"));
	found(stat_key("v"));
	tag = fx.value.tag;
	found(put("v", "333"));
	found(get("v", NULL));
	got("333");
	ck_assert(!zf_tag_equal(&tag, &fx.value.tag));
	ck_assert_str_eq(outside("v"), "1");
	ck_assert_str_eq(list("", &result), "v ");
	unit_ok(flush(), &fx.op);
	ck_assert_str_eq(outside("v"), "333");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(deleted_before_it_had_its_name)
{
	int result;

	make_store(false);
	found(put("new", "x"));
	found(put("new", "y"));
	found(del("new"));
	missing(get("new", NULL));
	missing(del("new"));
	found(put("old", "1"));
	unit_ok(settle(), &fx.op);
	found(put("old", "2"));
	found(del("old"));
	missing(stat_key("old"));
	ck_assert_str_eq(list("", &result), "");
	unit_ok(flush(), &fx.op);
	missing(get("new", NULL));
	missing(get("old", NULL));
	found(put("new", "z"));
	unit_ok(flush(), &fx.op);
	ck_assert_str_eq(outside("new"), "z");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(conditions_come_after_all)
{
	struct zf_tag tag;

	make_store(false);
	found(put("chunk", "data"));
	found(put_if("document", "shape", ZF_PUT_IF_ABSENT, NULL));
	ck_assert_str_eq(outside("chunk"), "data");
	ck_assert_str_eq(outside("document"), "shape");

	found(put("pending", "1"));
	fails(put_if("pending", "2", ZF_PUT_IF_ABSENT, NULL), EEXIST, "pending", "there is a value already");
	found(put("pending", "3"));
	found(stat_key("pending"));
	tag = fx.value.tag;
	found(put_if("pending", "4", ZF_PUT_IF_TAG, &tag));
	ck_assert_str_eq(outside("pending"), "4");
	fails(put_if("pending", "5", ZF_PUT_IF_TAG, &tag), ESTALE, "pending",
		"the value was changed by somebody else");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(a_bounded_number_is_pending)
{
	char key[32];
	unsigned most = 0;

	make_store(false);
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "%d/%d", i % 7, i);
		found(put(key, key));
		if (i % 20 == 0 && temporaries() > most)
			most = temporaries();
	}
	/* the folder of ledgers is one more */
	ck_assert_uint_gt(most, 50);
	ck_assert_uint_le(most, 129);
	unit_ok(flush(), &fx.op);
	ck_assert_uint_eq(temporaries(), 0);
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "%d/%d", i % 7, i);
		ck_assert_str_eq(outside(key), key);
	}
}
END_TEST

START_TEST(visible_soon_by_itself)
{
	make_store(true);
	found(put("v", "value"));
	for (int i = 0; i < 1000 && !*outside("v"); i++)
		usleep(10000);
	ck_assert_str_eq(outside("v"), "value");
}
END_TEST

START_TEST(closing_settles)
{
	make_store(_i);
	found(put("v", "value"));
	close_store();
	ck_assert_str_eq(outside("v"), "value");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

/* ---- failures ---------------------------------------------------------------------------------------- */

static void settle_fails(int result, int err, const char *text)
{
	char whole[512];

	snprintf(whole, sizeof whole, "%s: %s", fx.name, text);
	unit_fails(result, &fx.op, err, whole);
}

START_TEST(sync_fails)
{
	int result;

	make_store(false);
	found(put("a/bad", "old"));
	unit_ok(settle(), &fx.op);
	found(put("a/bad", "new"));
	sync_error = ENOSPC;
	settle_fails(settle(), ENOSPC, "key 'a/bad': cannot write: No space left on device");
	settle_fails(flush(), ENOSPC, "key 'a/bad': cannot write: No space left on device");
	ck_assert_str_eq(outside("a/bad"), "old");
	found(get("a/bad", NULL));
	got("new");
	ck_assert_str_eq(list("a", &result), "bad ");
	sync_error = 0;
	unit_ok(settle(), &fx.op);
	ck_assert_str_eq(outside("a/bad"), "new");
	found(get("a/bad", NULL));
	got("new");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(what_fails_makes_room_for_what_is_newer)
{
	make_store(false);
	found(put("v", "1"));
	sync_error = EIO;
	settle_fails(settle(), EIO, "key 'v': cannot write: Input/output error");
	found(put("v", "2"));
	found(get("v", NULL));
	got("2");
	settle_fails(settle(), EIO, "key 'v': cannot write: Input/output error");
	found(put("w", "x"));
	found(del("v"));
	settle_fails(settle(), EIO, "key 'w': cannot write: Input/output error");
	sync_error = 0;
	unit_ok(flush(), &fx.op);
	ck_assert_str_eq(outside("v"), "");
	ck_assert_str_eq(outside("w"), "x");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(no_room_where_nothing_can_be_written)
{
	char key[32];
	int i;

	make_store(_i);
	sync_error = ENOSPC;
	for (i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "%03d", i);
		if (put(key, key) < 0)
			break;
	}
	ck_assert_int_eq(i, 128);
	ck_assert_int_eq(fx.op.err, ENOSPC);
	if (!_i) /* the thread may have failed with another first */
		fails(-1, ENOSPC, "128", "key '000': cannot write: No space left on device");
	sync_error = 0;
	for (i = 0; i < 128; i++) {
		snprintf(key, sizeof key, "%03d", i);
		found(get(key, NULL));
		got(key);
	}
	found(put("128", "128"));
	unit_ok(flush(), &fx.op);
	for (i = 0; i <= 128; i++) {
		snprintf(key, sizeof key, "%03d", i);
		ck_assert_str_eq(outside(key), key);
	}
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(rename_fails)
{
	make_store(false);
	found(put("v", "value"));
	found(put("other", "x"));
	ck_assert_int_eq(mkdir(in_folder("store/v"), 0777), 0);
	settle_fails(settle(), EISDIR, "key 'v': cannot replace: Is a directory");
	ck_assert_str_eq(outside("other"), "x");
	found(get("v", NULL));
	got("value");
	ck_assert_int_eq(rmdir(in_folder("store/v")), 0);
	unit_ok(settle(), &fx.op);
	ck_assert_str_eq(outside("v"), "value");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(the_directory_goes_away)
{
	char command[160];

	make_store(false);
	found(put("d/v", "value"));
	snprintf(command, sizeof command, "rm -r '%s/d'", fx.store_folder);
	ck_assert_int_eq(system(command), 0);
	settle_fails(settle(), ENOENT, "key 'd/v': cannot replace: No such file or directory");
	found(get("d/v", NULL));
	got("value");
	unit_ok(settle(), &fx.op);
	ck_assert_str_eq(outside("d/v"), "value");
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(the_root_is_made_anew)
{
	char command[160];
	int result;

	make_store(false);
	found(put("v", "value"));
	snprintf(command, sizeof command, "rm -r '%s'", fx.store_folder);
	ck_assert_int_eq(system(command), 0);
	fails(get("v", NULL), EIO, "v", "the store has disappeared");
	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	missing(get("v", NULL));
	ck_assert_str_eq(list("", &result), "");
	settle_fails(settle(), EIO, "the store was replaced before all was written");
	unit_ok(settle(), &fx.op);
	unit_ok(flush(), &fx.op);
	ck_assert_str_eq(outside("v"), "");
	found(put("v", "again"));
	unit_ok(flush(), &fx.op);
	ck_assert_str_eq(outside("v"), "again");
}
END_TEST

static char logged[512];

static void keep_line(void *arg, enum zf_level level, const char *line)
{
	(void)arg;
	(void)level;
	snprintf(logged, sizeof logged, "%s", line);
}

START_TEST(what_is_lost_at_the_end_is_logged)
{
	char text[256];

	fx.ctx.config.log = keep_line;
	make_store(false);
	found(put("v", "value"));
	sync_error = EIO;
	close_store();
	snprintf(text, sizeof text, "%s: 1 values are lost: key 'v': cannot write: Input/output error",
		fx.name);
	ck_assert_str_eq(logged, text);
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

/* ---- leftovers --------------------------------------------------------------------------------------- */

/* Runs a writer that is killed when it has some values pending; *pid stays a zombie until it is waited for.
 */
static void killed_writer(bool kill_it, pid_t *pid, int *tell)
{
	int ready[2], told[2];
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(told), 0);
	*pid = fork();
	ck_assert_int_ge(*pid, 0);
	if (*pid == 0) {
		open_store(0);
		found(put("v", "x"));
		found(put("a/b/v", "x"));
		found(put("a/b/w", "x"));
		ck_assert_int_eq(write(ready[1], "r", 1), 1);
		close(told[1]);
		if (kill_it)
			raise(SIGKILL);
		(void)!read(told[0], &c, 1);
		_exit(0);
	}
	close(ready[1]);
	close(told[0]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	*tell = told[1];
}

START_TEST(the_next_writer_removes_leftovers)
{
	pid_t pid;
	int tell;

	make_store(false);
	close_store();
	killed_writer(true, &pid, &tell);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_uint_eq(temporaries(), 4);
	open_store(ZF_DIR_READONLY);
	ck_assert_uint_eq(temporaries(), 4);
	close_store();
	open_store(0);
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(those_of_the_living_stay)
{
	pid_t pid;
	int tell, result;

	make_store(false);
	close_store();
	killed_writer(false, &pid, &tell);
	open_store(0);
	ck_assert_uint_eq(temporaries(), 4);
	ck_assert_str_eq(list("a/b", &result), "");
	ck_assert_uint_eq(temporaries(), 4);
	found(put("mine", "x"));
	unit_ok(flush(), &fx.op);
	ck_assert_uint_eq(temporaries(), 4);
	close(tell);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close_store();
	open_store(0);
	ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

/* A ledger is a file that anybody may have written. */
START_TEST(hostile_ledger)
{
	static const char lines[] = "../outside/.zarrfs-tmp-1\0/etc/passwd\0value\0.zarrfs-tmp-x/../value\0"
				    "link/.zarrfs-tmp-1\0\0.zarrfs-tmp-dir\0.zarrfs-tmp-";
	char *big = malloc(3 << 20);

	make_store(false);
	close_store();
	ck_assert_int_eq(mkdir(in_folder("outside"), 0777), 0);
	write_file(in_folder("outside/.zarrfs-tmp-1"), "x", 1);
	write_file(in_folder("store/value"), "x", 1);
	ck_assert_int_eq(symlink("../outside", in_folder("store/link")), 0);
	ck_assert_int_eq(mkdir(in_folder("store/.zarrfs-tmp-dir"), 0777), 0);
	ck_assert_int_eq(mkdir(in_folder("store/.zarrfs-tmp-ledgers"), 0777), 0);
	write_file(in_folder("store/.zarrfs-tmp-ledgers/1"), lines, sizeof lines);
	memset(big, 'x', 3 << 20);
	write_file(in_folder("store/.zarrfs-tmp-ledgers/2"), big, 3 << 20);
	free(big);
	open_store(0);
	ck_assert_int_eq(access(in_folder("outside/.zarrfs-tmp-1"), F_OK), 0);
	ck_assert_str_eq(outside("value"), "x");
	/* no temporary of ours is a directory */
	ck_assert_uint_eq(temporaries(), 1);
}
END_TEST

START_TEST(a_root_without_a_ledger)
{
	make_store(false);
	found(put("d/v", "old"));
	unit_ok(settle(), &fx.op);
	ck_assert_int_eq(chmod(fx.folder, 0755), 0);
	ck_assert_int_eq(chmod(in_folder("store/d"), 0777), 0);
	ck_assert_int_eq(chmod(fx.store_folder, 0555), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	found(put("d/v", "new"));
	ck_assert_uint_eq(temporaries(), 1);
	unit_ok(settle(), &fx.op);
	ck_assert_str_eq(outside("d/v"), "new");
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(fx.store_folder, 0755), 0);
}
END_TEST

/* ---- directories -------------------------------------------------------------------------------------- */

static int move(const char *from, const char *to)
{
	zf_op_init(&fx.op);
	return zf_store_rename(fx.store, &fx.op, from, to);
}

START_TEST(renames)
{
	int result;

	make_store(false);
	found(put("a/b/v", "pending"));
	found(put("full/v", "x"));
	found(put("file", "x"));
	found(move("a", "c/d/e"));
	found(get("c/d/e/b/v", NULL));
	got("pending");
	missing(get("a/b/v", NULL));
	ck_assert_str_eq(list("", &result), "c/ file full/ ");
	missing(move("a", "z"));
	missing(move("file", "z"));
	missing(move("no/where", "z"));
	fails(move("c", "full"), EEXIST, "c", "'full' is there already");
	fails(move("c", "file"), EEXIST, "c", "'file' is there already");
	fails(move("c", "c/d/x"), EINVAL, "c", "cannot rename to 'c/d/x': Invalid argument");
	fails(move("c", ".zarrfs-tmp-x"), EINVAL, "c", "names with '.zarrfs-tmp-' are for temporaries");
	fails(move("c", "../x"), EINVAL, "../x", "not a valid key: it has the component '.' or '..'");
	found(get("c/d/e/b/v", NULL));
	/* an empty directory is nothing */
	ck_assert_int_eq(mkdir(in_folder("store/empty"), 0777), 0);
	found(move("c/d/e", "empty"));
	ck_assert_str_eq(outside("empty/b/v"), "pending");
	unit_ok(flush(), &fx.op);
}
END_TEST

static int prune(const char *prefix)
{
	zf_op_init(&fx.op);
	return zf_store_prune(fx.store, &fx.op, prefix);
}

START_TEST(prunes)
{
	int result;

	make_store(false);
	for (int i = 0; i < 3; i++) {
		found(put("a/c/0/0/0", "x"));
		found(put("a/c/1/0/0", "x"));
		found(put("a/c/1/1/0", "x"));
		if (i == 0)
			unit_ok(settle(), &fx.op);
	}
	found(del("a/c/0/0/0"));
	found(del("a/c/1/0/0"));
	unit_ok(prune("a"), &fx.op);
	ck_assert_str_eq(list("a/c", &result), "1/ ");
	ck_assert_str_eq(list("a/c/1", &result), "1/ ");
	found(del("a/c/1/1/0"));
	write_file(in_folder("store/a/c/1/.zarrfs-tmp-1-1"), "left", 4);
	unit_ok(prune("a"), &fx.op);
	list("a", &result);
	ck_assert_int_eq(result, ZF_MISSING);
	unit_ok(prune("a"), &fx.op);
	unit_ok(prune("no/where"), &fx.op);
	ck_assert_int_eq(mkdir(in_folder("outside"), 0777), 0);
	ck_assert_int_eq(symlink("../outside", in_folder("store/link")), 0);
	unit_ok(prune("link"), &fx.op);
	ck_assert_int_eq(access(in_folder("outside"), F_OK), 0);
	unit_ok(flush(), &fx.op);
}
END_TEST

/* ---- threads ------------------------------------------------------------------------------------------ */

enum { THREADS = 4, STEPS = 1500, KEYS = 12 };

struct worker {
	uint64_t random;
	int number;
	char failure[256];
};

static bool exists(const char *key)
{
	char path[160];

	snprintf(path, sizeof path, "%s/%s", fx.store_folder, key);
	return access(path, F_OK) == 0;
}

/* Puts, deletes, reads back and settles keys of its own; each value says which one it is. */
static const char *work_on(struct worker *w, int last[KEYS])
{
	struct zf_out out = ZF_OUT_GROWING(1 << 16);
	struct zf_op op;
	char key[32], text[64];

	for (int step = 1; step <= STEPS; step++) {
		int k = (int)unit_below(&w->random, KEYS), result;

		zf_op_init(&op);
		snprintf(key, sizeof key, "d%d/%d", k % 3, w->number * KEYS + k);
		snprintf(text, sizeof text, "%s=%d", key, step);
		switch (unit_below(&w->random, 16)) {
		case 0:
			if (zf_store_del(fx.store, &op, key) != (last[k] ? ZF_FOUND : ZF_MISSING))
				return "del";
			last[k] = 0;
			break;
		case 1:
			if (zf_store_settle(fx.store, &op) < 0)
				return "settle";
			if (last[k] && !exists(key))
				return "not there after settle";
			break;
		case 2 ... 8:
			if (zf_store_put(fx.store, &op, key, text, strlen(text), ZF_PUT_ALWAYS, NULL) < 0)
				return "put";
			last[k] = step;
			break;
		default:
			out.len = 0;
			result = zf_store_get(fx.store, &op, key, NULL, &out, NULL);
			snprintf(text, sizeof text, "%s=%d", key, last[k]);
			if (result != (last[k] ? ZF_FOUND : ZF_MISSING))
				return "get";
			if (last[k] && (out.len != strlen(text) || memcmp(out.data, text, out.len) != 0))
				return "another value";
		}
	}
	zf_out_free(&out);
	return NULL;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int last[KEYS] = { 0 };
	const char *failure = work_on(w, last);

	if (failure)
		snprintf(w->failure, sizeof w->failure, "%s", failure);
	return NULL;
}

START_TEST(threads)
{
	uint64_t seed = unit_seed();
	struct worker workers[THREADS] = { 0 };
	pthread_t thread[THREADS];
	char command[200];

	make_store(_i);
	for (int i = 0; i < THREADS; i++) {
		workers[i].random = seed + (uint64_t)i;
		workers[i].number = i;
		ck_assert_int_eq(pthread_create(&thread[i], NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		ck_assert_str_eq(workers[i].failure, "");
	}
	unit_ok(flush(), &fx.op);
	ck_assert_uint_eq(temporaries(), 0);
	snprintf(command, sizeof command, "cd '%s' && for f in d*/*; do grep -q \"^$f=\" $f || exit 1; done",
		fx.store_folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void)
{
	const TTest *once[] = { seen_here_before_elsewhere, the_last_one_counts,
		deleted_before_it_had_its_name, conditions_come_after_all, a_bounded_number_is_pending,
		visible_soon_by_itself, sync_fails, what_fails_makes_room_for_what_is_newer, rename_fails,
		the_directory_goes_away, the_root_is_made_anew, what_is_lost_at_the_end_is_logged,
		the_next_writer_removes_leftovers, those_of_the_living_stay, hostile_ledger,
		a_root_without_a_ledger, renames, prunes };
	const TTest *twice[] = { closing_settles, no_room_where_nothing_can_be_written, threads };
	Suite *suite = suite_create("dir, pending");
	TCase *tcase = tcase_create("pending");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		tcase_add_test(tcase, once[i]);
	for (size_t i = 0; i < sizeof twice / sizeof *twice; i++)
		tcase_add_loop_test(tcase, twice[i], 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
