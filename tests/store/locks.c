/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locks of chunks. The other side is what fasteners.InterProcessLock does, call by call: mkdir -p, open(2)
 * for appending, and fcntl(2)'s F_SETLK of the whole file.
 */
#include "../unit/unit.h"

#include "base/op.h"
#include "store/locks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64];

static void setup(void)
{
	strcpy(root, "/tmp/zarrfs-locks-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", root);
	ck_assert_int_eq(system(command), 0);
}

static struct zf_chunk_locks *new_locks(const char *below)
{
	struct zf_chunk_locks *locks = NULL;
	struct zf_op op;
	char path[128];

	snprintf(path, sizeof path, "%s/%s", root, below);
	zf_op_init(&op);
	unit_ok(zf_chunk_locks_new(&op, path, &locks), &op);
	return locks;
}

/* A process that has the lock of a file, until it is told to go. */
struct other {
	pid_t pid;
	int tell;
};

static void run_other(const char *file, int ready, int told)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND, 0666);
	char c = fd >= 0 && fcntl(fd, F_SETLK, &whole) == 0 ? 'y' : 'n';

	if (write(ready, &c, 1) != 1 || read(told, &c, 1) < 0)
		_exit(1);
	_exit(0);
}

/* Whether it got the lock; if so, it goes on. */
static bool start_other(const char *file, struct other *out)
{
	int ready[2], told[2];
	char c = 0;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(told), 0);
	out->pid = fork();
	ck_assert_int_ge(out->pid, 0);
	if (out->pid == 0) {
		close(told[1]);
		run_other(file, ready[1], told[0]);
	}
	close(ready[1]);
	close(told[0]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	out->tell = told[1];
	return c == 'y';
}

static void end_other(struct other *other)
{
	close(other->tell);
	ck_assert_int_eq(waitpid(other->pid, NULL, 0), other->pid);
}

static bool other_can_lock(const char *file)
{
	struct other other;
	bool can = start_other(file, &other);

	end_other(&other);
	return can;
}

START_TEST(the_file_is_that_of_the_key)
{
	struct zf_chunk_locks *locks = new_locks("sync");
	struct zf_chunk_lock *lock = NULL;
	struct zf_op op;
	struct stat st;
	char file[128];

	zf_op_init(&op);
	unit_ok(zf_chunk_lock(locks, &op, "temp/t2m/0.1", &lock), &op);
	snprintf(file, sizeof file, "%s/sync/temp/t2m/0.1", root);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_int_eq(st.st_size, 0);
	ck_assert(!other_can_lock(file));
	zf_chunk_unlock(lock);
	ck_assert(other_can_lock(file));
	ck_assert_int_eq(stat(file, &st), 0);
	zf_chunk_locks_free(locks);
}
END_TEST

START_TEST(a_file_that_is_there_keeps_its_bytes)
{
	struct zf_chunk_locks *locks = new_locks("a/b/c");
	struct zf_chunk_lock *lock = NULL;
	struct zf_op op;
	struct stat st;
	char file[128];
	int fd;

	snprintf(file, sizeof file, "%s/a/b/c/0", root);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(write(fd, "data", 4), 4);
	close(fd);
	zf_op_init(&op);
	unit_ok(zf_chunk_lock(locks, &op, "0", &lock), &op);
	zf_chunk_unlock(lock);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	zf_chunk_locks_free(locks);
}
END_TEST

struct waiter {
	struct zf_chunk_locks *locks;
	struct zf_chunk_lock *lock;
	struct zf_op op;
	int result;
	int begun, done; /* atomic */
};

static void *wait_for_it(void *arg)
{
	struct waiter *w = arg;

	__atomic_store_n(&w->begun, 1, __ATOMIC_RELEASE);
	w->result = zf_chunk_lock(w->locks, &w->op, "a/0", &w->lock);
	__atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void start_waiter(struct waiter *w, struct zf_chunk_locks *locks, pthread_t *thread)
{
	memset(w, 0, sizeof *w);
	w->locks = locks;
	zf_op_init(&w->op);
	ck_assert_int_eq(pthread_create(thread, NULL, wait_for_it, w), 0);
	while (!__atomic_load_n(&w->begun, __ATOMIC_ACQUIRE))
		usleep(1000);
}

START_TEST(another_program_is_waited_for)
{
	struct zf_chunk_locks *locks = new_locks("sync");
	struct other other;
	struct waiter w;
	pthread_t thread;
	char file[128];

	snprintf(file, sizeof file, "%s/sync/a", root);
	ck_assert_int_eq(mkdir(file, 0777), 0);
	strcat(file, "/0");
	ck_assert(start_other(file, &other));
	start_waiter(&w, locks, &thread);
	/* were it not to wait, it would be through by now */
	usleep(100 * 1000);
	ck_assert(!__atomic_load_n(&w.done, __ATOMIC_ACQUIRE));
	end_other(&other);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	unit_ok(w.result, &w.op);
	ck_assert(!other_can_lock(file));
	zf_chunk_unlock(w.lock);
	zf_chunk_locks_free(locks);
}
END_TEST

START_TEST(a_wait_can_be_cancelled)
{
	struct zf_chunk_locks *locks = new_locks("sync");
	struct zf_chunk_lock *held = NULL;
	struct zf_op op;
	struct waiter w;
	pthread_t thread;
	char text[256];

	zf_op_init(&op);
	unit_ok(zf_chunk_lock(locks, &op, "a/0", &held), &op);
	start_waiter(&w, locks, &thread);
	zf_op_cancel(&w.op);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	snprintf(text, sizeof text, "lock '%s/sync/a/0': interrupted", root);
	unit_fails(w.result, &w.op, EINTR, text);
	zf_chunk_unlock(held);
	zf_chunk_locks_free(locks);
}
END_TEST

enum { THREADS = 4, ROUNDS = 200 };

struct counting {
	struct zf_chunk_locks *locks;
	int inside, overlaps, sum; /* atomic; but adding to sum takes two steps, which the lock makes one */
};

static void *count(void *arg)
{
	struct counting *c = arg;
	struct zf_op op;

	for (int i = 0; i < ROUNDS; i++) {
		struct zf_chunk_lock *lock = NULL;

		zf_op_init(&op);
		if (zf_chunk_lock(c->locks, &op, "x/0.0", &lock) < 0)
			return c;
		if (__atomic_add_fetch(&c->inside, 1, __ATOMIC_RELAXED) > 1)
			__atomic_add_fetch(&c->overlaps, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&c->sum, __atomic_load_n(&c->sum, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
		__atomic_sub_fetch(&c->inside, 1, __ATOMIC_RELAXED);
		zf_chunk_unlock(lock);
	}
	return NULL;
}

START_TEST(threads_keep_each_other_out)
{
	struct counting c = { .locks = new_locks("sync") };
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, count, &c), 0);
	for (int i = 0; i < THREADS; i++) {
		void *result;

		ck_assert_int_eq(pthread_join(thread[i], &result), 0);
		ck_assert_ptr_null(result);
	}
	ck_assert_int_eq(c.overlaps, 0);
	ck_assert_int_eq(c.sum, THREADS * ROUNDS);
	zf_chunk_locks_free(c.locks);
}
END_TEST

START_TEST(other_keys_are_free)
{
	struct zf_chunk_locks *locks = new_locks("sync");
	struct zf_chunk_lock *a = NULL, *b = NULL;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_chunk_lock(locks, &op, "x/0", &a), &op);
	unit_ok(zf_chunk_lock(locks, &op, "x/1", &b), &op);
	zf_chunk_unlock(a);
	zf_chunk_unlock(b);
	zf_chunk_unlock(NULL);
	zf_chunk_locks_free(locks);
	zf_chunk_locks_free(NULL);
}
END_TEST

START_TEST(what_cannot_be_locked_says_why)
{
	struct zf_chunk_locks *locks = new_locks("sync"), *none = NULL;
	struct zf_chunk_lock *lock = NULL;
	struct zf_op op;
	char text[256], path[128];

	zf_op_init(&op);
	unit_ok(zf_chunk_lock(locks, &op, "file", &lock), &op);
	zf_chunk_unlock(lock);
	snprintf(text, sizeof text, "lock '%s/sync/file/0': cannot open: Not a directory", root);
	unit_fails(zf_chunk_lock(locks, &op, "file/0", &lock), &op, ENOTDIR, text);
	zf_op_init(&op);
	snprintf(text, sizeof text, "lock in '%s/sync': invalid key", root);
	unit_fails(zf_chunk_lock(locks, &op, "../file", &lock), &op, EINVAL, text);
	zf_chunk_locks_free(locks);

	zf_op_init(&op);
	snprintf(path, sizeof path, "%s/sync/file/below", root);
	snprintf(text, sizeof text, "directory of locks '%s': Not a directory", path);
	unit_fails(zf_chunk_locks_new(&op, path, &none), &op, ENOTDIR, text);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { the_file_is_that_of_the_key, a_file_that_is_there_keeps_its_bytes,
		another_program_is_waited_for, a_wait_can_be_cancelled, threads_keep_each_other_out,
		other_keys_are_free, what_cannot_be_locked_says_why };
	Suite *suite = suite_create("locks of chunks");
	TCase *tcase = tcase_create("locks");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
