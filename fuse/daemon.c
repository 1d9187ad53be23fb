/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a store to a session that serves, and back.
 */
#include "daemon.h"
#include "notify.h"
#include "request.h"
#include "writeback.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WRITE = 1 << 20 };

/* What we tell the kernel. Pages are dropped when we know that they are no longer true (ops_file.c), not when
 * a time has changed. What is written comes here at once (ops_write.c). Replies go out with writev(2), and
 * requests come in with read(2), which is faster than splicing memory. */
static void on_init(void *userdata, struct fuse_conn_info *conn)
{
	static const unsigned unwanted = FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_SPLICE_READ |
					 FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE |
					 FUSE_CAP_WRITEBACK_CACHE;
	static const unsigned wanted = FUSE_CAP_ASYNC_READ | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_READDIRPLUS |
				       FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_EXPLICIT_INVAL_DATA |
				       FUSE_CAP_ATOMIC_O_TRUNC;
	const struct daemon *daemon = userdata;

	conn->max_read = daemon->options->max_read;
	if (conn->max_write > MAX_WRITE)
		conn->max_write = MAX_WRITE;
	conn->want &= ~unwanted;
	conn->want |= conn->capable & wanted;
}

static const struct fuse_lowlevel_ops operations = {
	.init = on_init,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.setattr = op_setattr,
	.statfs = op_statfs,
	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.rmdir = op_rmdir,
	.unlink = op_unlink,
	.rename = op_rename,
	.symlink = op_symlink,
	.link = op_link,
	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.fsyncdir = op_fsyncdir,
	.releasedir = op_releasedir,
	.open = op_open,
	.create = op_create,
	.read = op_read,
	.lseek = op_lseek,
	.write = op_write,
	.fallocate = op_fallocate,
	.flush = op_flush,
	.fsync = op_fsync,
	.release = op_release,
};

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "zarrfs: %s: %s\n", what, why);
	return -1;
}

/* Whether the mountpoint lies below the store: then to look at the store would be to wait for ourselves. (On
 * the store's own directory is fine: that is opened before.) STORE is PATH or KIND:PATH, and may end in
 * "#...". */
static bool is_in_store(const struct daemon *daemon)
{
	const char *spec = daemon->options->store;
	size_t kind = strspn(spec, "abcdefghijklmnopqrstuvwxyz0123456789"), len;
	char *path = strdup(spec[kind] == ':' ? spec + kind + 1 : spec), *real, *hash;
	bool inside = false;

	if (!path)
		return false;
	while (!(real = realpath(path, NULL)) && (hash = strrchr(path, '#')))
		*hash = '\0';
	if (real) {
		len = strlen(real);
		len -= real[len - 1] == '/'; /* the root directory */
		inside = strncmp(daemon->mountpoint, real, len) == 0 && daemon->mountpoint[len] == '/';
	}
	free(real);
	free(path);
	return inside;
}

/* Looks at the mountpoint before anything is mounted over it. */
static int find_mountpoint(struct daemon *daemon)
{
	const char *given = daemon->options->mountpoint;
	struct stat st;

	daemon->mountpoint = realpath(given, NULL);
	if (!daemon->mountpoint && errno == ENOTCONN)
		return complain(given, "a mount whose daemon has gone: fusermount3 -u takes it away");
	if (!daemon->mountpoint || stat(daemon->mountpoint, &st) < 0)
		return complain(given, strerror(errno));
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return complain(given, "neither a directory nor a file");
	if (is_in_store(daemon))
		return complain(given, "it lies inside the store");
	daemon->on_file = S_ISREG(st.st_mode);
	return 0;
}

/* Whether an error says that the store cannot be written, though it may be read. */
static bool is_read_only(int err)
{
	return err == EROFS || err == EACCES || err == EPERM || err == EOPNOTSUPP;
}

/* For writing, where that is wanted and possible. */
static int open_tree(struct daemon *daemon, struct zf_op *op)
{
	const struct options *options = daemon->options;
	struct zf_tree_config config = {
		.new_arrays = options->new_arrays,
		.write_empty_chunks = options->write_empty_chunks,
		.sync = options->sync,
		.store_cache = options->store_cache,
	};
	struct zf_attr root;

	daemon->read_only = options->read_only;
	config.flags = options->read_only ? ZF_OPEN_READONLY : options->create ? ZF_OPEN_CREATE : 0;
	if (zf_tree_open(daemon->ctx, op, options->store, &config, &daemon->tree) < 0) {
		if (config.flags || !is_read_only(op->err))
			return -1;
		daemon->read_only = true;
		config.flags = ZF_OPEN_READONLY;
		log_format(daemon->log, ZF_LOG_INFO, "mounted read-only: %s", op->text);
		zf_op_init(op);
		return zf_tree_open(daemon->ctx, op, options->store, &config, &daemon->tree);
	}
	if (daemon->read_only)
		return 0;
	if (zf_tree_stat(daemon->tree, op, "", &root) < 0)
		return -1;
	daemon->read_only = !root.writable;
	if (daemon->read_only)
		log_format(
			daemon->log, ZF_LOG_INFO, "mounted read-only: %s cannot be written", options->store);
	return 0;
}

static int open_store(struct daemon *daemon)
{
	const struct options *options = daemon->options;
	struct zf_config config = {
		.cache = options->cache,
		.cache_max = options->cache_max,
		.threads = options->threads,
		.serial = options->single,
		.log = log_library,
		.log_arg = daemon->log,
	};
	struct zf_op op;

	zf_op_init(&op);
	if (zf_ctx_new(&config, &op, &daemon->ctx) < 0 || open_tree(daemon, &op) < 0) {
		fprintf(stderr, "zarrfs: %s\n", op.text);
		return -1;
	}
	return 0;
}

/* Inode 1 is the directory, or the file where the mountpoint is one. */
static int make_root(struct daemon *daemon)
{
	const char *root = "";

	if (daemon->on_file) {
		root = zf_tree_root_file(daemon->tree);
		if (!root)
			return complain(daemon->options->mountpoint,
				"a file, and what is to be mounted is no array: a directory is needed");
	}
	daemon->inodes = inodes_new(root, daemon->on_file ? ZF_FILE : ZF_DIR);
	return daemon->inodes ? 0 : complain(daemon->options->store, strerror(ENOMEM));
}

static int mount_session(struct daemon *daemon)
{
	struct fuse_args *args = (struct fuse_args *)&daemon->options->args;

	if (daemon->read_only && fuse_opt_add_arg(args, "-oro") < 0)
		return -1;
	/* libfuse says itself what it does not like */
	daemon->session = fuse_session_new(args, &operations, sizeof operations, daemon);
	if (!daemon->session)
		return -1;
	daemon->notifier = notifier_new(daemon);
	if (!daemon->notifier)
		return complain("threads", strerror(errno));
	if (!daemon->read_only && !daemon->options->single) {
		daemon->writeback = writeback_new(daemon->tree);
		if (!daemon->writeback)
			return complain("threads", strerror(errno));
	}
	keeper_serve(daemon->keeper);
	if (fuse_session_mount(daemon->session, daemon->mountpoint) < 0)
		return complain(daemon->options->mountpoint, "cannot mount");
	return 0;
}

int daemon_start(struct daemon *daemon, const struct options *options, struct log *log)
{
	*daemon = (struct daemon){ .options = options, .log = log };
	pthread_mutex_init(&daemon->lock, NULL);
	ghosts_init(&daemon->ghosts);
	daemon->keeper = keeper_new(daemon);
	if (!daemon->keeper)
		return complain("threads", strerror(errno));
	if (find_mountpoint(daemon) < 0 || open_store(daemon) < 0 || make_root(daemon) < 0)
		return -1;
	return mount_session(daemon);
}

/* More threads than libfuse's 10: each request that waits for a chunk holds one, and an interrupt is only
 * seen while one is free to read it. */
static int serve_threads(struct daemon *daemon)
{
	const struct options *options = daemon->options;
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int result;

	if (!config)
		return -ENOMEM;
	fuse_loop_cfg_set_clone_fd(config, options->clone_fd);
	fuse_loop_cfg_set_max_threads(config, options->max_threads);
	fuse_loop_cfg_set_idle_threads(config, options->max_idle_threads);
	result = fuse_session_loop_mt(daemon->session, config);
	fuse_loop_cfg_destroy(config);
	return result;
}

/* The loop, in which the keeper may disturb this thread. */
static int serve(struct daemon *daemon)
{
	sigset_t disturb;
	int result;

	sigemptyset(&disturb);
	sigaddset(&disturb, SIGUSR1);
	pthread_sigmask(SIG_UNBLOCK, &disturb, NULL);
	result = daemon->options->single ? fuse_session_loop(daemon->session) : serve_threads(daemon);
	pthread_sigmask(SIG_BLOCK, &disturb, NULL);
	return result;
}

/* Nobody is served any more, and nobody writes. */
static int store_all(struct daemon *daemon)
{
	struct zf_op op;
	int result = 0;

	if (daemon->read_only)
		return 0;
	zf_op_init(&op);
	keeper_finish(daemon->keeper, &op);
	if (!writeback_free(daemon->writeback)) {
		daemon->stuck = true;
		log_format(daemon->log, ZF_LOG_ERROR,
			"%s: the store does not answer; what was not stored yet is lost",
			daemon->options->store);
		return -1;
	}
	daemon->writeback = NULL;
	result = handle_flush_all(daemon, &op);
	if (daemon->changed && zf_tree_flush(daemon->tree, &op) < 0) {
		log_format(daemon->log, ZF_LOG_ERROR, "lost: %s", op.text);
		result = -1;
	}
	keeper_finish(daemon->keeper, NULL);
	return result;
}

int daemon_serve(struct daemon *daemon)
{
	int result = serve(daemon), status = 0;

	keeper_finish(daemon->keeper, NULL);
	if (result == -ECONNABORTED) {
		/* by "umount -f", or somebody who may: an end like any other */
		log_format(daemon->log, ZF_LOG_WARNING, "%s: the connection was aborted", daemon->mountpoint);
	} else if (result < 0) {
		log_format(daemon->log, ZF_LOG_ERROR, "%s: the session ended: %s", daemon->mountpoint,
			strerror(-result));
		status = EXIT_MOUNT_FAILED;
	}
	return store_all(daemon) < 0 ? EXIT_NOT_WRITTEN : status;
}

/* Where a thread hangs all it may still use has to stay; the process takes it away. */
bool daemon_stop(struct daemon *daemon)
{
	bool retired = notifier_free(daemon->notifier);

	if (!retired)
		connection_abort(daemon);
	if (daemon->session)
		fuse_session_unmount(daemon->session);
	if (!retired)
		retired = notifier_free(daemon->notifier);
	if (daemon->stuck || !retired || !writeback_free(daemon->writeback))
		return false;
	if (daemon->session)
		fuse_session_destroy(daemon->session);
	handle_close_all(daemon);
	inodes_free(daemon->inodes);
	zf_tree_close(daemon->tree);
	zf_ctx_free(daemon->ctx);
	keeper_free(daemon->keeper);
	ghosts_destroy(&daemon->ghosts);
	pthread_mutex_destroy(&daemon->lock);
	free(daemon->mountpoint);
	return true;
}
