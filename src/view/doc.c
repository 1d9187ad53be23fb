/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metadata documents, kept by path.
 */
#include "view/doc.h"
#include "array/array.h"
#include "store/split.h"
#include "view/listed.h"
#include "view/path.h"
#include "view/search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DOCS_BUDGET ((size_t)8 << 20) /* bytes of documents kept, by their estimated cost */
#define RECENT_NS 1000000000

struct zf_docs {
	pthread_mutex_t lock; /* table and cost */
	struct zf_table table;
	size_t cost;
};

static const char *const doc_names[ZF_DOC_KINDS] = {
	[ZF_DOC_V3] = "zarr.json",
	[ZF_DOC_V2_ARRAY] = ".zarray",
	[ZF_DOC_V2_GROUP] = ".zgroup",
	[ZF_DOC_V0] = "__zmeta__",
	[ZF_DOC_V1] = "meta",
	[ZF_DOC_N5] = "attributes.json",
};

/* Where an array's attributes are, if not in its document. */
static const char *const attrs_names[ZF_DOC_KINDS] = {
	[ZF_DOC_V2_ARRAY] = ".zattrs", [ZF_DOC_V0] = "__zattr__", [ZF_DOC_V1] = "attrs"
};

/* Whether a document is one whatever is in it. Else what its parser does not know is some other file. */
static bool is_sure(enum zf_doc_kind kind)
{
	return kind != ZF_DOC_V1 && kind != ZF_DOC_N5;
}

bool zf_doc_is_name(const char *name)
{
	for (int i = 0; i < ZF_DOC_KINDS; i++)
		if (is_sure((enum zf_doc_kind)i) && strcmp(name, doc_names[i]) == 0)
			return true;
	return zf_listed_is_name(name);
}

bool zf_doc_may_be_name(const char *name)
{
	for (int i = 0; i < ZF_DOC_KINDS; i++)
		if (!is_sure((enum zf_doc_kind)i) && strcmp(name, doc_names[i]) == 0)
			return true;
	return false;
}

/* ---- what is kept ------------------------------------------------------------------------------------ */

int zf_docs_new(struct zf_op *op, struct zf_docs **out)
{
	struct zf_docs *docs = calloc(1, sizeof *docs);

	if (!docs)
		return zf_nomem(op, sizeof *docs);
	pthread_mutex_init(&docs->lock, NULL);
	*out = docs;
	return 0;
}

struct zf_doc *zf_doc_ref(struct zf_doc *doc)
{
	__atomic_fetch_add(&doc->refs, 1, __ATOMIC_RELAXED);
	return doc;
}

void zf_doc_put(struct zf_doc *doc)
{
	if (!doc || __atomic_sub_fetch(&doc->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	zf_meta_free(doc->meta);
	free(doc->error_text);
	free(doc);
}

static struct zf_doc *find(struct zf_docs *docs, const char *path)
{
	struct zf_doc *doc;

	pthread_mutex_lock(&docs->lock);
	doc = (struct zf_doc *)zf_table_find(&docs->table, path);
	if (doc)
		zf_doc_ref(doc);
	pthread_mutex_unlock(&docs->lock);
	return doc;
}

/* With the lock held: takes the entry out. Its reference is the caller's then. */
static struct zf_doc *take(struct zf_docs *docs, struct zf_entry *entry)
{
	struct zf_doc *doc = (struct zf_doc *)entry;

	zf_table_remove(&docs->table, entry);
	docs->cost -= doc->cost;
	return doc;
}

/* Keeps doc in the place of what was kept for its path, and drops what has not been used for longest. */
static void keep(struct zf_docs *docs, struct zf_doc *doc)
{
	struct zf_doc *gone[16];
	unsigned n = 0;
	struct zf_entry *old;

	pthread_mutex_lock(&docs->lock);
	old = zf_table_find(&docs->table, doc->path);
	if (old)
		gone[n++] = take(docs, old);
	while (n < sizeof gone / sizeof *gone && docs->table.oldest && docs->cost + doc->cost > DOCS_BUDGET)
		gone[n++] = take(docs, docs->table.oldest);
	if (docs->cost + doc->cost <= DOCS_BUDGET) {
		zf_table_add(&docs->table, &zf_doc_ref(doc)->entry);
		docs->cost += doc->cost;
	}
	pthread_mutex_unlock(&docs->lock);
	while (n > 0)
		zf_doc_put(gone[--n]);
}

void zf_docs_forget(struct zf_docs *docs, const char *path)
{
	pthread_mutex_lock(&docs->lock);
	for (struct zf_entry *entry = docs->table.oldest, *newer; entry; entry = newer) {
		newer = entry->newer;
		if (!zf_path_within(entry->path, path))
			continue;
		zf_doc_put(take(docs, entry));
	}
	pthread_mutex_unlock(&docs->lock);
}

void zf_docs_free(struct zf_docs *docs)
{
	if (!docs)
		return;
	while (docs->table.oldest)
		zf_doc_put(take(docs, docs->table.oldest));
	pthread_mutex_destroy(&docs->lock);
	free(docs);
}

/* ---- whether it is still true ------------------------------------------------------------------------ */

static bool tag_known(const struct zf_tag *tag)
{
	return tag->word[0] || tag->word[1] || tag->word[2] || tag->word[3];
}

/* What a key has now; an error counts as a difference, and the read that follows will meet it again. */
static bool same(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const char *name,
	const struct zf_value *value)
{
	char key[ZF_PATH_SIZE];
	struct zf_value now;
	int result;

	if (!zf_path_join(doc->path, name, key))
		return !value;
	result = zf_store_stat(tree->store, op, key, &now);
	if (result < 0)
		zf_op_forgive(op);
	if (result == ZF_MISSING)
		return !value;
	return result == ZF_FOUND && value && tag_known(&now.tag) && zf_tag_equal(&now.tag, &value->tag);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void set_checked(struct zf_doc *doc, int64_t when)
{
	__atomic_store_n(&doc->checked, when, __ATOMIC_RELAXED);
}

static bool is_recent(const struct zf_doc *doc, int64_t when)
{
	return when - __atomic_load_n(&doc->checked, __ATOMIC_RELAXED) < RECENT_NS;
}

/* Of a node without a document of its own. */
static bool still_listed(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc)
{
	bool is;

	for (int kind = 0; kind < ZF_DOC_KINDS; kind++)
		if (!same(tree, op, doc, doc_names[kind], NULL))
			return false;
	if (zf_listed_is(tree, op, doc->path, &doc->value, &is) == 0)
		return is;
	zf_op_forgive(op);
	return false;
}

static bool still_true(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, enum zf_doc_use use)
{
	if (doc->is_listed)
		return still_listed(tree, op, doc);
	for (int kind = 0; kind < (int)doc->kind; kind++)
		if (!same(tree, op, doc, doc_names[kind], NULL))
			return false;
	if (!same(tree, op, doc, doc_names[doc->kind], &doc->value))
		return false;
	if (use != ZF_DOC_NOW_ATTRS || !attrs_names[doc->kind])
		return true;
	return same(tree, op, doc, attrs_names[doc->kind], doc->has_attrs ? &doc->attrs : NULL);
}

/* ---- reading ----------------------------------------------------------------------------------------- */

/* Whether an error is one of the moment rather than the node's. */
static bool is_passing(int err)
{
	return err == EINTR || err == ENOMEM || err == EMFILE || err == ENFILE;
}

static int set_error(struct zf_op *op, struct zf_doc *doc, int err, const char *text)
{
	doc->error = err;
	doc->error_text = strdup(text);
	return doc->error_text ? 0 : zf_nomem(op, strlen(text) + 1);
}

/* Makes the operation's error the document's. */
static int blame(struct zf_op *op, struct zf_doc *doc)
{
	int err = op->err;

	if (is_passing(err))
		return -1;
	op->err = 0;
	if (set_error(op, doc, err == EOPNOTSUPP ? EOPNOTSUPP : EIO, op->text) < 0)
		return -1;
	zf_op_forgive(op);
	return 0;
}

struct sought {
	const char *name;
	bool found;
};

static int on_name(void *arg, const char *name, bool is_prefix)
{
	struct sought *sought = arg;

	(void)is_prefix;
	sought->found = strcmp(name, sought->name) == 0;
	return sought->found;
}

/* Whether a document that could not be read is there at all: the error may be one of the whole store. */
static bool is_listed(struct zf_tree *tree, const struct zf_doc *doc)
{
	struct sought sought = { .name = doc_names[doc->kind] };
	struct zf_op op;

	zf_op_init(&op);
	return zf_store_list(tree->store, &op, doc->path, on_name, &sought) == ZF_FOUND && sought.found;
}

/* Appends a value to out. ZF_FOUND, ZF_MISSING, or -1. */
static int get(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name, struct zf_out *out,
	struct zf_value *value)
{
	char key[ZF_PATH_SIZE];

	if (!zf_path_join(path, name, key))
		return ZF_MISSING;
	return zf_store_get(tree->store, op, key, NULL, out, value);
}

/* Attributes are an addition: where they cannot be read, the array still can. */
static int get_attrs(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *out)
{
	int result;

	if (doc->is_listed || !attrs_names[doc->kind])
		return 0;
	result = get(tree, op, doc->path, attrs_names[doc->kind], out, &doc->attrs);
	if (result < 0 && is_passing(op->err))
		return -1;
	if (result < 0) {
		zf_log(tree->ctx, ZF_LOG_WARNING, "%s: %s", zf_path_label(doc->path), op->text);
		zf_op_forgive(op);
	}
	doc->has_attrs = result == ZF_FOUND;
	return 0;
}

static const void *bytes(const struct zf_out *out)
{
	return out->data ? (const void *)out->data : "";
}

/* Kept without what was passed over, as a document that is long for its consolidated metadata is read often.
 */
static size_t cost_of(const struct zf_doc *doc, size_t text, size_t attrs)
{
	size_t passed_over = doc->meta ? doc->meta->passed_over : 0;

	return 8 * (text - (passed_over < text ? passed_over : text) + attrs);
}

/* attrs: what is there already, if doc is listed. doc->meta stays NULL where the document turns out to be
 * none. */
static int parse(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const struct zf_out *text,
	struct zf_out *attrs)
{
	const void *body = bytes(text), *beside;

	if (get_attrs(tree, op, doc, attrs) < 0)
		return -1;
	beside = doc->has_attrs ? bytes(attrs) : NULL;
	switch (doc->kind) {
	case ZF_DOC_V2_ARRAY:
		return zf_meta_parse_v2(op, ZF_NODE_ARRAY, body, text->len, beside, attrs->len, &doc->meta);
	case ZF_DOC_V2_GROUP:
		return zf_meta_parse_v2(op, ZF_NODE_GROUP, body, text->len, NULL, 0, &doc->meta);
	case ZF_DOC_V0:
		return zf_meta_parse_v0(op, body, text->len, beside, attrs->len, &doc->meta);
	case ZF_DOC_V1:
		return zf_meta_parse_v1(op, body, text->len, beside, attrs->len, &doc->meta);
	case ZF_DOC_N5:
		return zf_meta_parse_n5(op, body, text->len, &doc->meta);
	default:
		if (zf_split_is(tree->store))
			return zf_meta_parse_draft(op, body, text->len, &doc->meta);
		return zf_meta_parse_v3(op, body, text->len, &doc->meta);
	}
}

/* What only opening finds: codecs that are unknown or do not fit. The path in front of its message is left to
 * those who report it. */
static int try_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc)
{
	const char *label = zf_path_label(doc->path);
	size_t len = strlen(label);
	struct zf_array *array;

	if (zf_array_open(tree->store, op, doc->path, doc->meta, &array) < 0) {
		if (strncmp(op->text, label, len) == 0 && strncmp(op->text + len, ": ", 2) == 0)
			memmove(op->text, op->text + len + 2, strlen(op->text + len + 2) + 1);
		return blame(op, doc);
	}
	zf_array_close(array);
	return 0;
}

/* A zarr.json that is broken so badly that it does not say what it is: were it a group's, its members must
 * not suffer. It is one if there are any. */
static int guess_kind(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc)
{
	bool members = false;

	if (zf_search_nodes(tree, op, doc->path, &members) < 0)
		return -1;
	doc->is_array = !members;
	return ZF_FOUND;
}

static bool says_nothing(const struct zf_doc *doc)
{
	const struct zf_meta *meta = doc->meta;

	return doc->kind == ZF_DOC_V3 &&
	       (!meta || (meta->error && meta->kind == ZF_NODE_ARRAY && !meta->array.ndim &&
				 !meta->array.dtype && !meta->array.data_type));
}

/* Fills doc from its text. */
static int understand(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const struct zf_out *text,
	struct zf_out *attrs)
{
	if (!doc->meta && parse(tree, op, doc, text, attrs) < 0)
		return -1;
	doc->cost += cost_of(doc, text->len, attrs->len);
	doc->is_array = doc->meta->kind == ZF_NODE_ARRAY;
	if (doc->meta->error)
		return set_error(op, doc, doc->meta->error, doc->meta->error_text);
	return doc->is_array ? try_open(tree, op, doc) : 0;
}

static struct zf_doc *new_doc(struct zf_op *op, const char *path)
{
	size_t size = sizeof(struct zf_doc) + strlen(path) + 1;
	struct zf_doc *doc = calloc(1, size);

	if (!doc) {
		zf_nomem(op, size);
		return NULL;
	}
	doc->refs = 1;
	doc->cost = size + 2048;
	strcpy(doc->path, path);
	doc->entry.path = doc->path;
	return doc;
}

/* After reading a file that may be something else: it is missing, unless it was understood. */
static int be_sure(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, int result,
	struct zf_out *text, struct zf_out *attrs)
{
	if (result < 0 && is_passing(op->err))
		return -1;
	if (result < 0)
		zf_op_forgive(op);
	else if (result == ZF_FOUND && parse(tree, op, doc, text, attrs) < 0)
		return -1;
	if (doc->meta)
		return ZF_FOUND;
	text->len = attrs->len = 0;
	doc->has_attrs = false;
	return ZF_MISSING;
}

/* Reads the first of the documents that is there. */
static int get_first(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *text, struct zf_out *attrs)
{
	int result = ZF_MISSING;

	for (int kind = 0; kind < ZF_DOC_KINDS && result == ZF_MISSING; kind++) {
		doc->kind = (enum zf_doc_kind)kind;
		result = get(tree, op, doc->path, doc_names[kind], text, &doc->value);
		if (!is_sure(doc->kind))
			result = be_sure(tree, op, doc, result, text, attrs);
	}
	return result;
}

/* What consolidated metadata say of a node that has no document. */
static int get_listed(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *text, struct zf_out *attrs)
{
	struct zf_listed listed;
	int result = zf_listed_get(tree, op, doc->path, text, attrs, &listed);

	if (result != ZF_FOUND)
		return result;
	doc->is_listed = true;
	doc->kind = listed.zarr_format == 3        ? ZF_DOC_V3
		    : listed.kind == ZF_NODE_ARRAY ? ZF_DOC_V2_ARRAY
						   : ZF_DOC_V2_GROUP;
	doc->value = doc->attrs = listed.value;
	doc->has_attrs = listed.has_attrs;
	return ZF_FOUND;
}

static int unreadable(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc)
{
	if (is_passing(op->err) || !is_listed(tree, doc))
		return -1;
	doc->is_array = doc->kind != ZF_DOC_V2_GROUP;
	return blame(op, doc);
}

static int load(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_doc **out)
{
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT), attrs = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	struct zf_doc *doc = new_doc(op, path);
	int result = -1;

	if (!doc)
		return -1;
	result = get_first(tree, op, doc, &text, &attrs);
	if (result < 0)
		result = unreadable(tree, op, doc);
	else if (result == ZF_FOUND || (result = get_listed(tree, op, doc, &text, &attrs)) == ZF_FOUND)
		result = understand(tree, op, doc, &text, &attrs);
	if (result == ZF_FOUND && says_nothing(doc))
		result = guess_kind(tree, op, doc);
	zf_out_free(&text);
	zf_out_free(&attrs);
	if (result == ZF_FOUND)
		*out = doc;
	else
		zf_doc_put(doc);
	return result;
}

int zf_doc_get(
	struct zf_tree *tree, struct zf_op *op, const char *path, enum zf_doc_use use, struct zf_doc **out)
{
	struct zf_doc *doc = find(tree->docs, path);
	int64_t when = now_ns();
	int result;

	if (doc && !(use == ZF_DOC_RECENT && is_recent(doc, when))) {
		if (still_true(tree, op, doc, use)) {
			set_checked(doc, when);
		} else {
			zf_doc_put(doc);
			doc = NULL;
		}
	}
	if (doc) {
		*out = doc;
		return ZF_FOUND;
	}
	if (zf_op_check(op) < 0)
		return -1;
	result = load(tree, op, path, out);
	if (result != ZF_FOUND)
		return result;
	set_checked(*out, when);
	if ((*out)->error)
		zf_log(tree->ctx, (*out)->is_array ? ZF_LOG_DEBUG : ZF_LOG_WARNING, "%s: %s",
			zf_path_label(path), (*out)->error_text);
	if ((*out)->meta)
		keep(tree->docs, *out);
	return result;
}

const char *zf_doc_file(const struct zf_doc *doc)
{
	return doc_names[doc->kind];
}

const char *zf_doc_attrs_file(const struct zf_doc *doc)
{
	/* those of a group are not read with it */
	if (doc->kind == ZF_DOC_V2_GROUP)
		return ".zattrs";
	return attrs_names[doc->kind] ? attrs_names[doc->kind] : doc_names[doc->kind];
}

int zf_doc_check_writable(struct zf_op *op, const struct zf_doc *doc)
{
	if (!doc || !doc->meta || !doc->meta->read_only)
		return 0;
	return zf_fail(op, EROFS, "%s: %s", zf_path_label(doc->path), doc->meta->read_only);
}

bool zf_doc_is_text(const struct zf_doc *doc)
{
	return doc->is_array && doc->meta && doc->meta->array.spec.kind == 'O';
}

uint64_t zf_doc_nbytes(const struct zf_doc *doc)
{
	if (zf_doc_is_text(doc))
		return __atomic_load_n(&doc->text_size, __ATOMIC_RELAXED);
	return doc->is_array && doc->meta ? doc->meta->array.nbytes : 0;
}
