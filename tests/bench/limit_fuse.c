/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast FUSE is by itself: a file system with one large file, "f", that answers from memory and does no
 * work.
 *
 *   limit_fuse SIZE DIRECT READAHEAD MOUNTPOINT
 *
 * SIZE in bytes; DIRECT 1 opens with direct_io; READAHEAD in KiB is what the kernel is told to read ahead, 0
 * leaves it as it is. Stays in the foreground; ends when unmounted.
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { BEHIND = 64 << 20, LARGEST_READ = 2 << 20 }; /* memory behind the file: offsets wrap */

struct fs {
	size_t size;
	int direct;
	char *memory;
	const char *mountpoint;
	long readahead;
};

static struct fs *fs_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static void fill_stat(const struct fs *fs, fuse_ino_t ino, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = ino;
	st->st_mode = ino == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
	st->st_nlink = 1;
	st->st_size = ino == FUSE_ROOT_ID ? 0 : (off_t)fs->size;
	st->st_blksize = 1 << 20;
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
	struct stat st;
	(void)info;
	fill_stat(fs_of(req), ino, &st);
	fuse_reply_attr(req, &st, 100);
}

static void do_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = { .ino = 2, .attr_timeout = 100, .entry_timeout = 100 };
	(void)parent;
	fill_stat(fs_of(req), 2, &entry.attr);
	if (strcmp(name, "f"))
		fuse_reply_err(req, ENOENT);
	else
		fuse_reply_entry(req, &entry);
}

static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
	(void)ino;
	info->direct_io = fs_of(req)->direct;
	info->keep_cache = !info->direct_io;
	fuse_reply_open(req, info);
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *info)
{
	const struct fs *fs = fs_of(req);
	size_t at = (size_t)offset, left = at < fs->size ? fs->size - at : 0;
	(void)ino;
	(void)info;
	fuse_reply_buf(req, fs->memory + at % BEHIND, size < left ? size : left);
}

static void do_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t offset,
	struct fuse_file_info *info)
{
	const struct fs *fs = fs_of(req);
	(void)ino;
	(void)info;
	memcpy(fs->memory + (size_t)offset % BEHIND, data, size);
	fuse_reply_write(req, size);
}

/* The mount must be served before its device can be asked for: that takes a stat. */
static void *set_readahead(void *arg)
{
	const struct fs *fs = arg;
	struct stat st;
	char path[256];
	if (stat(fs->mountpoint, &st))
		return NULL;
	snprintf(
		path, sizeof(path), "/sys/class/bdi/%u:%u/read_ahead_kb", major(st.st_dev), minor(st.st_dev));
	FILE *file = fopen(path, "w");
	if (!file || fprintf(file, "%ld", fs->readahead) < 0)
		perror(path);
	if (file && fclose(file))
		perror(path);
	return NULL;
}

static int serve(struct fuse_session *session, struct fs *fs)
{
	pthread_t thread;
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	if (fs->readahead && !pthread_create(&thread, NULL, set_readahead, fs))
		pthread_detach(thread);
	int status = fuse_session_loop_mt(session, config);
	fuse_loop_cfg_destroy(config);
	return status != 0;
}

int main(int argc, char **argv)
{
	static const struct fuse_lowlevel_ops ops = {
		.lookup = do_lookup,
		.getattr = do_getattr,
		.open = do_open,
		.read = do_read,
		.write = do_write,
	};
	if (argc != 5) {
		fputs("usage: limit_fuse SIZE DIRECT READAHEAD MOUNTPOINT\n", stderr);
		return 2;
	}
	struct fs fs = { strtoull(argv[1], NULL, 10), atoi(argv[2]), NULL, argv[4], atol(argv[3]) };
	char *words[] = { argv[0], NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, words);
	fs.memory =
		mmap(NULL, BEHIND + LARGEST_READ, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fs.memory == MAP_FAILED)
		return perror("mmap"), 1;
	madvise(fs.memory, BEHIND + LARGEST_READ, MADV_HUGEPAGE);
	memset(fs.memory, 7, BEHIND + LARGEST_READ);
	struct fuse_session *session = fuse_session_new(&args, &ops, sizeof(ops), &fs);
	if (!session || fuse_set_signal_handlers(session) || fuse_session_mount(session, fs.mountpoint))
		return 1;
	int status = serve(session, &fs);
	fuse_session_unmount(session);
	fuse_session_destroy(session);
	return status;
}
