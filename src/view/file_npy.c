/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NAME.npy: a header, then the flat bytes of array NAME.
 *
 * Of an array that is there the header says what it is. Who writes a new file (the name is not there, or it
 * was truncated) says by the header what the array shall be: what comes before the header is whole is kept in
 * pieces, then the array is made, or takes the shape, and all goes there.
 *
 * Who has NAME open, and keeps pages of it, is to learn that they are no longer true when it is opened again;
 * the same the other way round.
 *
 * A file that is not as long as its header says when it is closed was not meant to be: an array that was made
 * for it is removed. A header without any data is an array of fill value.
 */
#include "meta/npy.h"
#include "view/apply.h"
#include "view/draft.h"
#include "view/npy.h"
#include "view/npy_order.h"
#include "view/path.h"
#include "view/remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MOST ((size_t)64 << 20) /* bytes kept in pieces */

struct npy_file {
	struct zf_file file;
	struct zf_tree *tree;   /* borrowed */
	struct zf_draft *draft; /* owned */
};

static struct zf_draft *draft_of(const struct zf_file *file)
{
	return ((const struct npy_file *)file)->draft;
}

/* The array, once the header is known; else NULL. */
static struct zf_file *data_of(struct zf_draft *draft)
{
	struct zf_file *data;

	pthread_mutex_lock(&draft->lock);
	data = draft->data;
	pthread_mutex_unlock(&draft->lock);
	return data;
}

int zf_npy_header(struct zf_op *op, const struct zf_doc *doc, uint64_t nbytes, struct zf_out *out)
{
	const struct zf_array_meta *a = &doc->meta->array;
	uint64_t shape[ZF_MAX_NDIM], row = a->spec.itemsize;

	for (unsigned i = 0; i < a->ndim; i++) {
		shape[i] = a->shape[i];
		row *= i > 0 ? shape[i] : 1;
	}
	if (a->ndim > 0 && row > 0)
		shape[0] = nbytes / row;
	return zf_npy_write(op, a->dtype, a->ndim, shape, out);
}

static uint64_t npy_size(const struct zf_file *file)
{
	return zf_draft_size(draft_of(file));
}

/* ---- reading ---------------------------------------------------------------------------------------------
 */

/* With the lock held: the part of the range that a piece has. */
static void copy_piece(const struct zf_early *piece, unsigned char *buf, size_t len, uint64_t offset)
{
	uint64_t from = piece->offset > offset ? piece->offset : offset;
	uint64_t end = piece->offset + piece->len < offset + len ? piece->offset + piece->len : offset + len;

	if (from < end)
		memcpy(buf + (from - offset), piece->data + (from - piece->offset), (size_t)(end - from));
}

/* What is only held so far. */
static void read_pieces(struct zf_draft *draft, void *buf, size_t len, uint64_t offset, size_t *got)
{
	pthread_mutex_lock(&draft->lock);
	*got = zf_file_clip(draft->end, len, offset);
	memset(buf, 0, *got);
	for (const struct zf_early *piece = draft->pieces; piece; piece = piece->next)
		copy_piece(piece, buf, *got, offset);
	pthread_mutex_unlock(&draft->lock);
}

static int npy_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct zf_draft *draft = draft_of(file);
	struct zf_file *data = data_of(draft);
	size_t head = 0, rest = 0;

	if (!data) {
		read_pieces(draft, buf, len, offset, got);
		return 0;
	}
	head = zf_file_clip(draft->header.len, len, offset);
	if (draft->order->fortran || draft->order->swap)
		return zf_fail(op, EOPNOTSUPP, "%s: npy: its data were put into another order; open it again",
			zf_path_label(draft->path));
	if (head > 0)
		memcpy(buf, draft->header.data + offset, head);
	if (head < len && zf_file_pread(data, op, (char *)buf + head, len - head,
				  offset + head - draft->header.len, &rest) < 0)
		return -1;
	*got = head + rest;
	return 0;
}

static int npy_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	struct zf_draft *draft = draft_of(file);
	struct zf_file *data = data_of(draft);

	if (data && offset >= draft->header.len && !draft->order->fortran && !draft->order->swap)
		return zf_file_slices(data, op, len, offset - draft->header.len, out);
	return zf_file_copy_slices(file, op, len, offset, out);
}

static int npy_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	(void)op;
	*out = data ? offset : npy_size(file);
	return 0;
}

/* ---- the header ------------------------------------------------------------------------------------------
 */

/* With the turn: the first bytes, as far as they came without a gap. */
static int gather(struct zf_draft *draft, struct zf_op *op, struct zf_out *head, size_t most)
{
	bool more = true;

	while (more && head->len < most) {
		more = false;
		for (const struct zf_early *piece = draft->pieces; piece; piece = piece->next) {
			size_t skip;

			if (piece->offset > head->len || piece->offset + piece->len <= head->len)
				continue;
			skip = (size_t)(head->len - piece->offset);
			if (zf_out_append(head, op, piece->data + skip, piece->len - skip) < 0)
				return -1;
			more = true;
		}
	}
	/* a later piece may have changed what an earlier one said */
	for (const struct zf_early *piece = draft->pieces; piece; piece = piece->next)
		copy_piece(piece, head->data, head->len, 0);
	return 0;
}

/* 1: the header is whole. */
static int read_header(struct zf_draft *draft, struct zf_op *op, struct zf_npy *npy, struct zf_out *header)
{
	size_t need = 16;
	int result = 0;

	while (result == 0) {
		size_t had = need;

		header->len = 0;
		if (gather(draft, op, header, need) < 0)
			return -1;
		if (header->len < need)
			return 0;
		result = zf_npy_read(op, header->data, header->len, &need, npy);
		if (result == 0 && need <= had)
			return zf_fail(op, EINVAL, "npy header: has no end");
	}
	if (result == 1)
		header->len = npy->header_len;
	return result;
}

static void drop_pieces(struct zf_draft *draft)
{
	while (draft->pieces) {
		struct zf_early *next = draft->pieces->next;

		free(draft->pieces);
		draft->pieces = next;
	}
	draft->last = &draft->pieces;
	draft->held = 0;
}

/* Writes what was held to the array. */
static int pour(struct zf_draft *draft, struct zf_op *op, struct zf_file *data, size_t skip)
{
	for (const struct zf_early *piece = draft->pieces; piece; piece = piece->next) {
		size_t cut = zf_file_clip(skip, piece->len, piece->offset);

		if (cut < piece->len && zf_npy_order_write(draft->order, op, data, piece->data + cut,
						piece->len - cut, piece->offset + cut - skip) < 0)
			return -1;
	}
	return 0;
}

static int check_end(struct zf_op *op, uint64_t end, uint64_t whole)
{
	if (end <= whole)
		return 0;
	return zf_fail(op, EINVAL, "npy header: promises %llu bytes in all, and there are more",
		(unsigned long long)whole);
}

/* Makes the array, or finds the one that is there, and opens it. */
static int open_data(struct npy_file *f, struct zf_op *op, const struct zf_npy *npy, struct zf_file **out)
{
	struct zf_draft *draft = f->draft;
	struct zf_doc *doc = NULL;
	int result;

	if (!draft->has_names && zf_turn_take(&f->tree->names, op) < 0)
		return -1;
	result = zf_apply_npy(f->tree, op, draft->array, npy, &draft->created, &doc);
	if (result == 0) {
		result = zf_npy_order_init(op, npy, &doc->meta->array, draft->order);
		if (result < 0)
			zf_where(op, "%s", zf_path_label(draft->path));
	}
	if (result == 0)
		result = zf_file_array_open(f->tree, op, doc, ZF_FILE_WRITE, out);
	if (!draft->has_names)
		zf_turn_give(&f->tree->names);
	zf_doc_put(doc);
	return result;
}

/* Once the header is whole. */
static int begin(struct npy_file *f, struct zf_op *op, const struct zf_npy *npy, struct zf_out *header)
{
	struct zf_draft *draft = f->draft;
	struct zf_file *data = NULL;
	int result = check_end(op, draft->end, npy->header_len + npy->nbytes);

	if (result < 0)
		return zf_where(op, "%s", zf_path_label(draft->path));
	result = open_data(f, op, npy, &data);
	if (result == 0)
		result = pour(draft, op, data, header->len);
	if (result < 0) {
		zf_file_close(data);
		return -1;
	}
	pthread_mutex_lock(&draft->lock);
	zf_out_free(&draft->header);
	draft->header = *header;
	*header = ZF_OUT_GROWING(0);
	draft->nbytes = npy->nbytes;
	draft->data = data;
	drop_pieces(draft);
	pthread_mutex_unlock(&draft->lock);
	zf_draft_unname(f->tree, draft);
	return 0;
}

static int try_header(struct npy_file *f, struct zf_op *op)
{
	struct zf_out header = ZF_OUT_GROWING(ZF_MAX_DOCUMENT + HELD_MOST);
	struct zf_npy npy = { 0 };
	int result = read_header(f->draft, op, &npy, &header);

	if (result < 0)
		zf_where(op, "%s", zf_path_label(f->draft->path));
	else if (result == 1)
		result = begin(f, op, &npy, &header);
	zf_npy_free(&npy);
	zf_out_free(&header);
	return result;
}

/* ---- writing ---------------------------------------------------------------------------------------------
 */

static int hold_piece(struct zf_draft *draft, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct zf_early *piece;

	if (len > HELD_MOST - draft->held)
		return zf_fail(op, EINVAL, "%s: npy header: does not come first", zf_path_label(draft->path));
	piece = malloc(sizeof *piece + len);
	if (!piece)
		return zf_nomem(op, sizeof *piece + len);
	piece->next = NULL;
	piece->offset = offset;
	piece->len = len;
	memcpy(piece->data, buf, len);
	pthread_mutex_lock(&draft->lock);
	*draft->last = piece;
	draft->last = &piece->next;
	draft->held += len;
	if (offset + len > draft->end)
		draft->end = offset + len;
	pthread_mutex_unlock(&draft->lock);
	return 0;
}

/* The header is known: bytes of it have to be what they are, others are the array's. */
static int write_data(struct zf_draft *draft, struct zf_op *op, struct zf_file *data, const void *buf,
	size_t len, uint64_t offset)
{
	size_t head = zf_file_clip(draft->header.len, len, offset);

	if (check_end(op, offset + len, draft->header.len + draft->nbytes) < 0)
		return zf_where(op, "%s", zf_path_label(draft->path));
	if (head > 0 && memcmp(draft->header.data + offset, buf, head) != 0)
		return zf_fail(op, EINVAL, "%s: npy header: cannot be changed; truncate the file first",
			zf_path_label(draft->path));
	if (head < len && zf_npy_order_write(draft->order, op, data, (const unsigned char *)buf + head,
				  len - head, offset + head - draft->header.len) < 0)
		return -1;
	pthread_mutex_lock(&draft->lock);
	if (offset + len > draft->end)
		draft->end = offset + len;
	pthread_mutex_unlock(&draft->lock);
	return 0;
}

static int npy_pwrite(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct npy_file *f = (struct npy_file *)file;
	struct zf_draft *draft = f->draft;
	struct zf_file *data;
	int result;

	if (zf_turn_take(&draft->turn, op) < 0)
		return -1;
	data = data_of(draft);
	if (data) {
		result = write_data(draft, op, data, buf, len, offset);
	} else {
		result = hold_piece(draft, op, buf, len, offset);
		if (result == 0)
			result = try_header(f, op) < 0 ? -1 : 0;
	}
	draft->written |= result == 0 && len > 0;
	zf_turn_give(&draft->turn);
	return result;
}

/* With the turn. To nothing: a new file, whose header is not known. */
static int truncate_all(struct zf_draft *draft, struct zf_op *op)
{
	if (draft->data && draft->old)
		return zf_fail(op, EINVAL, "%s: npy: truncated twice", zf_path_label(draft->path));
	pthread_mutex_lock(&draft->lock);
	draft->old = draft->data;
	draft->data = NULL;
	draft->end = 0;
	draft->written = draft->created = false;
	drop_pieces(draft);
	pthread_mutex_unlock(&draft->lock);
	return 0;
}

static int npy_truncate(struct zf_file *file, struct zf_op *op, uint64_t size)
{
	struct zf_draft *draft = draft_of(file);
	int result = 0;

	if (zf_turn_take(&draft->turn, op) < 0)
		return -1;
	if (size == 0) {
		result = truncate_all(draft, op);
	} else if (draft->data && size != draft->header.len + draft->nbytes) {
		result = zf_fail(op, EINVAL, "%s: npy header: promises %llu bytes in all, not %llu",
			zf_path_label(draft->path), (unsigned long long)(draft->header.len + draft->nbytes),
			(unsigned long long)size);
	} else if (!draft->data && size < draft->end) {
		result = zf_fail(op, EINVAL, "%s: npy header: is not whole", zf_path_label(draft->path));
	} else {
		pthread_mutex_lock(&draft->lock);
		draft->end = size;
		pthread_mutex_unlock(&draft->lock);
	}
	zf_turn_give(&draft->turn);
	return result;
}

static int npy_punch(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len)
{
	struct zf_draft *draft = draft_of(file);
	struct zf_file *data = data_of(draft);

	if (!data || offset < draft->header.len)
		return zf_fail(op, EOPNOTSUPP, "%s: a header has no holes", zf_path_label(draft->path));
	return zf_file_punch(data, op, offset - draft->header.len, len);
}

/* With the turn: whether it is what its header says. Nothing written is nothing wrong. */
static int check_whole(const struct zf_draft *draft, struct zf_op *op)
{
	if (!draft->written)
		return 0;
	if (!draft->data)
		return zf_fail(op, EINVAL, "%s: npy header: is not whole", zf_path_label(draft->path));
	/* numpy.lib.format.open_memmap() writes the header, closes, and opens the file to map it */
	if (draft->end == draft->header.len)
		return 0;
	if (draft->end < draft->header.len + draft->nbytes && draft->created)
		return zf_fail(op, EINVAL, "%s: npy header: promises %llu bytes in all, there are %llu",
			zf_path_label(draft->path), (unsigned long long)(draft->header.len + draft->nbytes),
			(unsigned long long)draft->end);
	return 0;
}

static int npy_store(struct zf_file *file, struct zf_op *op, int (*store)(struct zf_file *, struct zf_op *))
{
	struct zf_draft *draft = draft_of(file);
	int result;

	if (zf_turn_take(&draft->turn, op) < 0)
		return -1;
	result = check_whole(draft, op);
	zf_turn_give(&draft->turn);
	if (draft->written && data_of(draft))
		zf_file_array_renew(data_of(draft));
	if (result == 0 && data_of(draft))
		result = store(data_of(draft), op);
	return result;
}

static int npy_flush(struct zf_file *file, struct zf_op *op)
{
	return npy_store(file, op, zf_file_flush);
}

static int npy_sync(struct zf_file *file, struct zf_op *op)
{
	return npy_store(file, op, zf_file_sync);
}

/* An array that was made for a file that never became whole goes with the last who wrote it. */
static void remove_stump(struct npy_file *f)
{
	struct zf_draft *draft = f->draft;
	struct zf_op op;

	zf_op_init(&op);
	if (!draft->created || __atomic_load_n(&draft->refs, __ATOMIC_ACQUIRE) > 1)
		return;
	if (draft->data && check_whole(draft, &op) == 0)
		return;
	zf_op_init(&op);
	if (!draft->has_names && zf_turn_take(&f->tree->names, &op) < 0)
		return;
	if (zf_remove_array(f->tree, &op, draft->array) < 0)
		zf_log(f->tree->ctx, ZF_LOG_ERROR, "%s", op.text);
	if (!draft->has_names)
		zf_turn_give(&f->tree->names);
}

static void npy_close(struct zf_file *file)
{
	struct npy_file *f = (struct npy_file *)file;

	if (f->draft->written && data_of(f->draft))
		zf_file_array_renew(data_of(f->draft));
	if (file->writable)
		remove_stump(f);
	zf_draft_put(f->tree, f->draft);
	free(f);
}

static const struct zf_file_ops npy_ops = {
	.size = npy_size,
	.pread = npy_pread,
	.slices = npy_slices,
	.seek = npy_seek,
	.pwrite = npy_pwrite,
	.truncate = npy_truncate,
	.punch = npy_punch,
	.flush = npy_flush,
	.sync = npy_sync,
	.close = npy_close,
};

/* ---- opening ---------------------------------------------------------------------------------------------
 */

int zf_file_npy_draft(struct zf_tree *tree, struct zf_op *op, struct zf_draft *draft, struct zf_file **out)
{
	struct npy_file *f = calloc(1, sizeof *f);

	if (!f) {
		zf_draft_put(tree, draft);
		return zf_nomem(op, sizeof *f);
	}
	f->file.ops = &npy_ops;
	f->file.writable = true;
	f->tree = tree;
	f->draft = draft;
	*out = &f->file;
	return 0;
}

int zf_file_npy_open(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, unsigned flags, struct zf_file **out)
{
	bool truncate = flags & ZF_FILE_TRUNCATE, write = flags & (ZF_FILE_WRITE | ZF_FILE_TRUNCATE);
	struct zf_draft *draft;
	struct zf_file *file = NULL;
	int result;

	if (zf_draft_new(op, doc->path, ZF_NPY_SUFFIX, &draft) < 0)
		return -1;
	result = zf_file_array_open(tree, op, doc, write ? ZF_FILE_WRITE : 0, &draft->data);
	if (result == 0) {
		draft->nbytes = zf_file_size(draft->data);
		result = zf_npy_header(op, doc, draft->nbytes, &draft->header);
		draft->end = draft->header.len + draft->nbytes;
	}
	if (result < 0) {
		zf_draft_put(tree, draft);
		return -1;
	}
	if (zf_file_npy_draft(tree, op, draft, &file) < 0)
		return -1;
	file->version = zf_file_array_changes(draft->data);
	file->writable = write;
	if (truncate && npy_truncate(file, op, 0) < 0) {
		npy_close(file);
		return -1;
	}
	*out = file;
	return 0;
}
