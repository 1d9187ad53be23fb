/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store: links, special files, permissions, a root that goes away, temporaries.
 *
 * Run twice, with openat2(2) and without it (_i = 1); tests of what only the kernel can do run once.
 */
#include "fixture.h"

#include "store/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LEADS_OUT "a symbolic link leads out of the store"
#define IS_LINK "a symbolic link, which only Linux 5.6 and later can follow safely"
#define GONE "the store has disappeared"

/* The store, with "real/value" in it, and "outside/secret" beside it. */
static void make_store(unsigned flags)
{
	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	ck_assert_int_eq(mkdir(in_folder("outside"), 0777), 0);
	write_file(in_folder("outside/secret"), "secret", 6);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, fx.store_folder, flags, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "dir:%s", fx.store_folder);
	found(put("real/value", "value"));
	unit_ok(settle(), &fx.op);
}

#define STORE make_store(_i ? ZF_DIR_WALK : 0)

/* Whether the store does without openat2: because it was told to, or because the kernel has none. */
static bool walks(void)
{
	return ((struct zf_dir *)fx.store)->walk;
}

static void link_to(const char *target, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "store/%s", name);
	ck_assert_msg(symlink(target, in_folder(path)) == 0, "%s: %s", path, strerror(errno));
}

static bool exists(const char *name)
{
	struct stat st;

	return lstat(in_folder(name), &st) == 0;
}

/* ---- links ------------------------------------------------------------------------------------------- */

START_TEST(links_that_lead_out)
{
	int result;

	STORE;
	link_to("../outside/secret", "up");
	link_to("../../outside/secret", "real/up");
	link_to(in_folder("outside/secret"), "absolute");
	link_to(in_folder("store/real/value"), "absolute inside");
	link_to("../store/real/value", "out and in");
	link_to("/", "slash");
	link_to("/dev/zero", "zero");
	link_to("../absent", "to nothing");
	for (const char *const *key = (const char *const[]){ "up", "real/up", "absolute", "absolute inside",
		     "out and in", "slash", "zero", "to nothing", NULL };
		*key; key++) {
		fails(get(*key, NULL), EIO, *key, walks() ? IS_LINK : LEADS_OUT);
		fails(stat_key(*key), EIO, *key, walks() ? IS_LINK : LEADS_OUT);
		list(*key, &result);
		fails(result, EIO, *key, walks() ? IS_LINK : LEADS_OUT);
	}
	/* they are listed, as what they are not */
	ck_assert_str_eq(
		list("", &result), "absolute absolute inside out and in real/ slash to nothing up zero ");
	ck_assert_int_eq(result, ZF_FOUND);
}
END_TEST

START_TEST(directory_links_that_lead_out)
{
	const char *reason;
	int result;

	STORE;
	reason = walks() ? IS_LINK : LEADS_OUT;
	link_to("../outside", "d");
	link_to("..", "parent");
	fails(get("d/secret", NULL), EIO, "d/secret", reason);
	fails(get("d/absent", NULL), EIO, "d/absent", reason);
	fails(get("parent/outside/secret", NULL), EIO, "parent/outside/secret", reason);
	fails(stat_key("d/secret"), EIO, "d/secret", reason);
	list("d", &result);
	fails(result, EIO, "d", reason);
	list("parent/outside", &result);
	fails(result, EIO, "parent/outside", reason);
	fails(put("d/new", "x"), EIO, "d/new", reason);
	fails(put("d/deep/new", "x"), EIO, "d/deep/new", reason);
	fails(del("d/secret"), EIO, "d/secret", reason);
	ck_assert(exists("outside/secret"));
	ck_assert(!exists("outside/new"));
	ck_assert(!exists("outside/deep"));
	ck_assert_str_eq(list("", &result), "d parent real/ ");
}
END_TEST

START_TEST(links_inside)
{
	int result;

	make_store(0);
	if (walks())
		return; /* no openat2 here */
	ck_assert_int_eq(mkdir(in_folder("store/sub"), 0777), 0);
	link_to("real/value", "link");
	link_to("../real/value", "sub/link");
	link_to("../real", "sub/folder");
	link_to("link", "twice");
	for (const char *const *key =
			(const char *const[]){ "link", "sub/link", "sub/folder/value", "twice", NULL };
		*key; key++) {
		found(get(*key, NULL));
		got("value");
		found(stat_key(*key));
		ck_assert_uint_eq(fx.value.size, 5);
	}
	ck_assert_str_eq(list("", &result), "link real/ sub/ twice ");
	ck_assert_str_eq(list("sub", &result), "folder/ link ");
	ck_assert_str_eq(list("sub/folder", &result), "value ");

	/* a put through a directory's link stays inside; one onto a link replaces the link */
	found(put("sub/folder/new", "new"));
	unit_ok(settle(), &fx.op);
	found(get("real/new", NULL));
	got("new");
	found(put("link", "own"));
	found(get("real/value", NULL));
	got("value");
	found(get("link", NULL));
	got("own");
	found(del("twice"));
	found(get("link", NULL));
}
END_TEST

START_TEST(links_without_openat2)
{
	int result;

	make_store(ZF_DIR_WALK);
	ck_assert_int_eq(mkdir(in_folder("store/sub"), 0777), 0);
	link_to("real/value", "link");
	link_to("../real", "sub/folder");
	fails(get("link", NULL), EIO, "link", IS_LINK);
	fails(stat_key("link"), EIO, "link", IS_LINK);
	fails(get("sub/folder/value", NULL), EIO, "sub/folder/value", IS_LINK);
	list("sub/folder", &result);
	fails(result, EIO, "sub/folder", IS_LINK);
	ck_assert_str_eq(list("sub", &result), "folder ");
}
END_TEST

START_TEST(links_to_nothing)
{
	int result;

	make_store(0);
	if (walks())
		return; /* no openat2 here */
	link_to("absent", "dangling");
	link_to("b", "a");
	link_to("a", "b");
	fails(get("dangling", NULL), EIO, "dangling", "a symbolic link leads nowhere");
	fails(stat_key("dangling"), EIO, "dangling", "a symbolic link leads nowhere");
	fails(get("a", NULL), EIO, "a", "symbolic links lead in a circle");
	fails(get("a/x", NULL), EIO, "a/x", "symbolic links lead in a circle");
	fails(stat_key("b"), EIO, "b", "symbolic links lead in a circle");
	ck_assert_str_eq(list("", &result), "a b dangling real/ ");
}
END_TEST

START_TEST(root_is_a_link)
{
	STORE;
	zf_store_close(fx.store);
	ck_assert_int_eq(symlink("store", in_folder("alias")), 0);
	zf_op_init(&fx.op);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, in_folder("alias"), _i ? ZF_DIR_WALK : 0, &fx.store), &fx.op);
	found(get("real/value", NULL));
	got("value");
}
END_TEST

/* ---- what is no value -------------------------------------------------------------------------------- */

START_TEST(special_files)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), result;

	STORE;
	ck_assert_int_eq(mkfifo(in_folder("store/fifo"), 0666), 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", fx.store_folder);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	close(fd);
	/* none of these waits for a writer */
	fails(get("fifo", NULL), EIO, "fifo", "not a regular file");
	fails(stat_key("fifo"), EIO, "fifo", "not a regular file");
	fails(get("socket", NULL), EIO, "socket", "not a regular file");
	fails(stat_key("socket"), EIO, "socket", "not a regular file");
	if (!walks()) {
		link_to("fifo", "link");
		fails(get("link", NULL), EIO, "link", "not a regular file");
	}
	ck_assert_str_eq(list("", &result), walks() ? "fifo real/ socket " : "fifo link real/ socket ");
}
END_TEST

START_TEST(devices)
{
	STORE;
	if (mknod(in_folder("store/zero"), S_IFCHR | 0666, makedev(1, 5)) < 0)
		return; /* only root may make one */
	fails(stat_key("zero"), EIO, "zero", "not a regular file");
	zf_op_init(&fx.op);
	ck_assert_int_eq(get("zero", NULL), -1);
	/* a folder mounted with nodev does not even open it */
	if (fx.op.err != EACCES)
		fails(-1, EIO, "zero", "not a regular file");
}
END_TEST

START_TEST(no_permission)
{
	int result;

	STORE;
	found(put("closed/v", "x"));
	found(put("v", "x"));
	unit_ok(settle(), &fx.op);
	ck_assert_int_eq(chmod(in_folder("store/closed"), 0), 0);
	ck_assert_int_eq(chmod(in_folder("store/v"), 0), 0);
	ck_assert_int_eq(chmod(fx.folder, 0755), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	fails(get("v", NULL), EACCES, "v", "cannot open: Permission denied");
	found(stat_key("v"));
	fails(get("closed/v", NULL), EACCES, "closed/v", "cannot open: Permission denied");
	list("closed", &result);
	fails(result, EACCES, "closed", "cannot open: Permission denied");
	if (getuid() == 0) {
		fails(put("w", "x"), EACCES, "w", "cannot make a temporary file: Permission denied");
		fails(put("new/w", "x"), EACCES, "new/w", "cannot make directory 'new': Permission denied");
		fails(del("v"), EACCES, "v", "cannot delete: Permission denied");
		ck_assert_int_eq(seteuid(0), 0);
	}
	ck_assert_int_eq(chmod(in_folder("store/closed"), 0700), 0);
}
END_TEST

START_TEST(root_without_permission)
{
	char text[256];

	STORE;
	ck_assert_int_eq(chmod(fx.folder, 0755), 0);
	ck_assert_int_eq(chmod(fx.store_folder, 0644), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	struct zf_store *store;
	snprintf(text, sizeof text, "%s: Permission denied", fx.store_folder);
	unit_fails(zf_store_open(&fx.ctx, &fx.op, fx.store_folder, 0, &store), &fx.op, EACCES, text);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(fx.store_folder, 0755), 0);
}
END_TEST

/* Names that are no UTF-8 are names all the same. */
START_TEST(any_bytes_in_names)
{
	int result;

	STORE;
	found(put("\xff\xfe", "bytes"));
	found(get("\xff\xfe", NULL));
	got("bytes");
	ck_assert_str_eq(list("", &result), "real/ \xff\xfe ");
	link_to("../x", "two\nlines");
	fails(get("two\nlines", NULL), EIO, "two\\x0alines", walks() ? IS_LINK : LEADS_OUT);
}
END_TEST

START_TEST(long_names)
{
	char key[300];
	int result;

	STORE;
	memset(key, 'n', 256);
	key[256] = '\0';
	missing(get(key, NULL));
	missing(stat_key(key));
	missing(del(key));
	list(key, &result);
	ck_assert_int_eq(result, ZF_MISSING);
	fails(put(key, "x"), ENAMETOOLONG, key, "cannot replace: File name too long");
	ck_assert_str_eq(list("", &result), "real/ ");
}
END_TEST

/* Files of sysfs are regular, claim a page, and end where their text does. */
START_TEST(value_that_shrinks)
{
	static const char *const file = "/sys/kernel/uevent_seqnum";
	char text[128], bytes[128];
	struct zf_range tail = { .len = 10, .from_end = true };
	int fd = open(file, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	struct stat st;

	if (n <= 0 || fstat(fd, &st) < 0 || st.st_size <= n)
		return; /* no such file here */
	close(fd);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, "/sys/kernel", _i ? ZF_DIR_WALK : 0, &fx.store), &fx.op);
	strcpy(fx.name, "dir:/sys/kernel");
	snprintf(text, sizeof text, "value shrank from %lld to %zd bytes while it was read",
		(long long)st.st_size, n);
	fails(get("uevent_seqnum", NULL), EIO, "uevent_seqnum", text);
	ck_assert_uint_eq(fx.out.len, 0);
	snprintf(text, sizeof text, "value shrank from %lld to %lld bytes while it was read",
		(long long)st.st_size, (long long)st.st_size - 10);
	fails(get("uevent_seqnum", &tail), EIO, "uevent_seqnum", text);
}
END_TEST

/* A file of 8 TiB costs nothing until somebody wants its bytes. */
START_TEST(huge_value)
{
	struct zf_range middle = { .offset = (uint64_t)1 << 40, .len = 4 };
	uint64_t size = (uint64_t)1 << 43;

	STORE;
	write_file(in_folder("store/huge"), "", 0);
	while (truncate(in_folder("store/huge"), (off_t)size) < 0)
		size /= 2;
	ck_assert_uint_gt(size, middle.offset);
	found(get("huge", &middle));
	ck_assert_mem_eq(fx.out.data, "\0\0\0\0", 4);
	ck_assert_uint_eq(fx.value.size, size);
	ck_assert_int_eq(get("huge", NULL), -1);
	ck_assert_int_eq(fx.op.err, EFBIG);
	ck_assert_uint_le(fx.out.cap, 4096);
}
END_TEST

START_TEST(times_and_tags)
{
	const struct timespec times[2] = { { 0, 0 }, { 1234567890, 123456789 } };

	STORE;
	found(stat_key("real/value"));
	struct zf_tag tag = fx.value.tag;
	ck_assert_int_eq(utimensat(AT_FDCWD, in_folder("store/real/value"), times, 0), 0);
	found(get("real/value", NULL));
	ck_assert_int_eq(fx.value.mtime_ns, INT64_C(1234567890123456789));
	ck_assert(!zf_tag_equal(&tag, &fx.value.tag));
}
END_TEST

/* ---- a root that goes away --------------------------------------------------------------------------- */

static void remove_store(void)
{
	char command[160];

	snprintf(command, sizeof command, "rm -rf -- '%s'", fx.store_folder);
	ck_assert_int_eq(system(command), 0);
}

static void expect_gone(int result)
{
	char text[256];

	snprintf(text, sizeof text, "%s: %s", fx.name, GONE);
	unit_fails(result, &fx.op, EIO, text);
}

START_TEST(root_removed)
{
	int result;

	STORE;
	remove_store();
	fails(get("real/value", NULL), EIO, "real/value", GONE);
	fails(get("never/there", NULL), EIO, "never/there", GONE);
	fails(stat_key("real/value"), EIO, "real/value", GONE);
	list("", &result);
	expect_gone(result);
	list("real", &result);
	fails(result, EIO, "real", GONE);
	fails(put("new", "x"), EIO, "new", GONE);
	fails(put("deep/new", "x"), EIO, "deep/new", GONE);
	fails(del("value"), EIO, "value", GONE);
	fails(del("real/value"), EIO, "real/value", GONE);
	expect_gone(flush());
}
END_TEST

/* As zarr-python's mode "w" does. */
START_TEST(root_made_anew)
{
	char text[256];
	int result;

	STORE;
	remove_store();
	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	write_file(in_folder("store/v"), "new", 3);
	found(get("v", NULL));
	got("new");
	missing(get("real/value", NULL));
	ck_assert_str_eq(list("", &result), "v ");

	/* what was put before went with the old root, and that is said, once */
	snprintf(text, sizeof text, "%s: the store was replaced before all was written", fx.name);
	unit_fails(flush(), &fx.op, EIO, text);
	unit_ok(flush(), &fx.op);
	found(put("w", "x"));
	unit_ok(flush(), &fx.op);
	ck_assert(exists("store/w"));
}
END_TEST

START_TEST(root_moved)
{
	STORE;
	ck_assert_int_eq(rename(fx.store_folder, in_folder("elsewhere")), 0);
	found(get("real/value", NULL));
	got("value");
	missing(get("real/other", NULL));
}
END_TEST

START_TEST(part_removed)
{
	int result;

	STORE;
	found(put("v", "x"));
	ck_assert_int_eq(unlink(in_folder("store/real/value")), 0);
	ck_assert_int_eq(rmdir(in_folder("store/real")), 0);
	missing(get("real/value", NULL));
	list("real", &result);
	ck_assert_int_eq(result, ZF_MISSING);
	unit_ok(flush(), &fx.op);
}
END_TEST

/* ---- temporaries and writing ------------------------------------------------------------------------- */

/* A temporary of a writer that lives as long as the descriptor is open. */
static int living(const char *name)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_EXCL, 0666);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "busy", 4), 4);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

START_TEST(temporaries_are_no_keys)
{
	int result, busy;

	STORE;
	busy = living("store/real/.zarrfs-tmp-1-00");
	write_file(in_folder("store/.zarrfs-tmp-1-00"), "left", 4);
	ck_assert_int_eq(mkdir(in_folder("store/.zarrfs-tmp-d"), 0777), 0);
	ck_assert_str_eq(list("", &result), "real/ ");
	ck_assert_str_eq(list("real", &result), "value ");
	missing(get(".zarrfs-tmp-1-00", NULL));
	missing(get("real/.zarrfs-tmp-1-00", NULL));
	missing(stat_key("real/.zarrfs-tmp-1-00"));
	missing(del("real/.zarrfs-tmp-1-00"));
	list(".zarrfs-tmp-d", &result);
	ck_assert_int_eq(result, ZF_MISSING);
	fails(put("real/.zarrfs-tmp-1-00", "x"), EINVAL, "real/.zarrfs-tmp-1-00",
		"names with '.zarrfs-tmp-' are for temporaries");
	/* a listing has found the one that was left over */
	ck_assert(exists("store/real/.zarrfs-tmp-1-00"));
	ck_assert(!exists("store/.zarrfs-tmp-1-00"));
	close(busy);
	found(put("real/a.zarrfs-tmp-", "a name like any other"));
	found(get("real/a.zarrfs-tmp-", NULL));
}
END_TEST

/* Names in a folder of the store, all of them. */
static unsigned entries(const char *folder)
{
	char command[256];
	unsigned n = 0;
	FILE *p;

	snprintf(command, sizeof command, "ls -A '%s/%s' | wc -l", fx.store_folder, folder);
	p = popen(command, "r");
	ck_assert_int_eq(fscanf(p, "%u", &n), 1);
	pclose(p);
	return n;
}

START_TEST(nothing_is_left)
{
	struct zf_tag tag = { { 1, 2, 3, 4 } };

	STORE;
	found(put("real/value", "again"));
	found(put_if("real/new", "x", ZF_PUT_IF_ABSENT, NULL));
	unit_ok(settle(), &fx.op);
	ck_assert_uint_eq(entries("real"), 2);
	fails(put_if("real/new", "x", ZF_PUT_IF_ABSENT, NULL), EEXIST, "real/new",
		"there is a value already");
	fails(put_if("real/new", "x", ZF_PUT_IF_TAG, &tag), ESTALE, "real/new",
		"the value was changed by somebody else");
	fails(put("real", "x"), EISDIR, "real", "cannot replace: Is a directory");
	ck_assert_uint_eq(entries("real"), 2);
	ck_assert_uint_eq(entries("."), 1);
}
END_TEST

/* The limit is far beyond what Check writes to a file of its own meanwhile, whose messages it would cut, too. */
START_TEST(failed_write)
{
	const struct rlimit limit = { (rlim_t)1 << 20, (rlim_t)1 << 20 };
	size_t len = (size_t)2 << 20;
	char *big = malloc(len);

	STORE;
	ck_assert_ptr_nonnull(big);
	memset(big, 'x', len);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	zf_op_init(&fx.op);
	fails(zf_store_put(fx.store, &fx.op, "real/value", big, len, ZF_PUT_ALWAYS, NULL), EFBIG,
		"real/value", "cannot write: File too large");
	free(big);
	found(get("real/value", NULL));
	got("value");
	ck_assert_uint_eq(entries("real"), 1);
}
END_TEST

START_TEST(no_descriptors)
{
	const struct rlimit few = { 3, 3 };
	struct rlimit before;

	STORE;
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ few.rlim_cur, before.rlim_max }), 0);
	fails(get("real/value", NULL), EMFILE, "real/value", "cannot open: Too many open files");
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	found(get("real/value", NULL));
}
END_TEST

START_TEST(read_only)
{
	char text[256];

	STORE;
	zf_store_close(fx.store);
	zf_op_init(&fx.op);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, fx.store_folder, ZF_DIR_READONLY, &fx.store), &fx.op);
	ck_assert_uint_eq(fx.store->caps & ZF_STORE_WRITABLE, 0);
	fails(put("v", "x"), EROFS, "v", "the store is read-only");
	fails(del("real/value"), EROFS, "real/value", "the store is read-only");
	snprintf(text, sizeof text, "%s: the store is read-only", fx.name);
	unit_fails(flush(), &fx.op, EROFS, text);
	found(get("real/value", NULL));
	got("value");
}
END_TEST

/* A relative path holds when the working directory changes. */
START_TEST(relative_path)
{
	STORE;
	zf_store_close(fx.store);
	ck_assert_int_eq(chdir(fx.folder), 0);
	zf_op_init(&fx.op);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, "store", _i ? ZF_DIR_WALK : 0, &fx.store), &fx.op);
	strcpy(fx.name, "dir:store");
	ck_assert_int_eq(chdir("/"), 0);
	found(get("real/value", NULL));
	remove_store();
	fails(get("real/value", NULL), EIO, "real/value", GONE);
	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	missing(get("real/value", NULL));
}
END_TEST

static void add_tests(TCase *tcase, const TTest *const *tests, size_t count, int times_each)
{
	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < count; i++)
		tcase_add_loop_test(tcase, tests[i], 0, times_each);
}

#define COUNT(A) (sizeof(A) / sizeof *(A))

int main(void)
{
	const TTest *twice[] = { links_that_lead_out, directory_links_that_lead_out, root_is_a_link,
		special_files, devices, no_permission, root_without_permission, any_bytes_in_names,
		long_names, value_that_shrinks, huge_value, times_and_tags, root_removed, root_made_anew,
		root_moved, part_removed, temporaries_are_no_keys, nothing_is_left, failed_write,
		no_descriptors, relative_path };
	const TTest *once[] = { links_inside, links_without_openat2, links_to_nothing, read_only };
	Suite *suite = suite_create("dir");
	TCase *both = tcase_create("with and without openat2"), *one = tcase_create("once");

	add_tests(both, twice, COUNT(twice), 2);
	add_tests(one, once, COUNT(once), 1);
	suite_add_tcase(suite, both);
	suite_add_tcase(suite, one);
	return unit_run(suite);
}
