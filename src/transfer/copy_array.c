/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copying one array.
 *
 * Where nothing is to change its document is the source's, to the byte; else it is made anew from the
 * source's settings and those asked for. The two documents tell how chunks become chunks: those of the same
 * shape, elements and codecs are bytes. To be compared, and read, both are in v3's words: so a big-endian
 * array of v2 is one with a byte order in its codecs, and its elements are those of the v3 array it becomes.
 */
#include "meta/json_dump.h"
#include "transfer/convert.h"
#include "transfer/copy.h"
#include "transfer/recode.h"
#include "view/attributes.h"
#include "view/change.h"
#include "view/keys.h"
#include "view/listed.h"
#include "view/make.h"
#include "view/remove.h"
#include "view/separator.h"

#include <errno.h>
#include <string.h>

struct job {
	struct zf_copying *c;
	const struct zf_copy_node *node;
	bool verbatim;             /* the documents are copied as they are */
	struct zf_meta source;     /* the source's, with the separator that its chunks have; parts borrowed */
	struct zf_meta *source_v3; /* the same in v3's words, where it is read so; owned */
	struct zf_meta *target;    /* of new documents; owned */
	struct zf_meta kept;       /* of documents that are copied; parts borrowed */
	struct zf_meta *goal;      /* one of these two */
	const char *file, *attrs_file;
	struct zf_out document, attributes;
	enum zf_copy_way way;
	struct zf_plan plan;
	struct zf_recode recode;
	struct zf_array *from, *to; /* owned */
};

/* ---- the documents ---- */

static bool has_settings(const struct zf_new *s)
{
	return s->chunks || s->shards || s->compressor || s->filters || s->codecs || s->order || s->separator;
}

static int get_text(struct job *j, const char *name, struct zf_out *out)
{
	char key[ZF_PATH_SIZE];

	if (!zf_path_join(j->node->from, name, key))
		return zf_fail(j->c->op, ENAMETOOLONG, "%s: the path is too long", j->node->from);
	return zf_store_get(j->c->from->store, j->c->op, key, NULL, out, NULL);
}

/* Its documents as they are. */
static int copy_documents(struct job *j)
{
	const struct zf_doc *doc = j->node->doc;
	struct zf_listed listed;
	int result;

	j->file = zf_doc_file(doc);
	j->attrs_file = zf_doc_attrs_file(doc);
	if (doc->is_listed) {
		result = zf_listed_get(
			j->c->from, j->c->op, j->node->from, &j->document, &j->attributes, &listed);
	} else {
		result = get_text(j, j->file, &j->document);
		if (result == ZF_FOUND && strcmp(j->file, j->attrs_file) != 0 &&
			get_text(j, j->attrs_file, &j->attributes) < 0)
			return -1;
	}
	if (result == ZF_MISSING)
		return zf_fail(
			j->c->op, ESTALE, "%s: was removed by another program", zf_path_label(j->node->from));
	return result;
}

/* Documents from the source's settings, and those asked for. */
static int make_documents(struct job *j, int format)
{
	const struct zf_array_meta *meta = &j->source.array;
	struct zf_new settings = j->c->config->settings;
	struct zf_op *op = j->c->op;
	struct zf_new_array array = { 0 };
	int result;

	/* what it holds is the source's */
	settings.shape = settings.dtype = settings.fill_value = settings.attributes = NULL;
	settings.dimension_names = NULL;
	result = zf_make_like(op, meta, format, &settings, &array);
	if (result == 0)
		result = zf_copy_attributes(j->c, j->node, &array.attributes);
	if (result == 0)
		result = zf_convert_names(op, meta, &array);
	if (result == 0)
		result = zf_create_array(op, &array, &j->document, &j->attributes);
	j->file = format == 3 ? "zarr.json" : ".zarray";
	j->attrs_file = ".zattrs";
	zf_new_array_free(&array);
	return result < 0 ? zf_where(op, "%s", zf_path_label(j->node->from)) : 0;
}

static int format_of(const struct job *j)
{
	int asked = j->c->config->settings.zarr_format, own = j->node->doc->meta->zarr_format;

	return asked ? asked : j->c->format ? j->c->format : own;
}

static int make_target(struct job *j)
{
	int format = format_of(j), own = j->node->doc->meta->zarr_format;

	j->verbatim = !has_settings(&j->c->config->settings) && format == own;
	if (j->verbatim)
		return copy_documents(j);
	if (format < 2)
		format = 2; /* older ones are only read */
	if (make_documents(j, format) < 0)
		return -1;
	if (zf_convert_parse(j->c->op, format, &j->document, &j->target) < 0)
		return zf_where(j->c->op, "%s", zf_path_label(j->node->from));
	return 0;
}

/* ---- the way ---- */

static int find_source(struct job *j)
{
	const struct zf_doc *doc = j->node->doc;
	char separator;

	if (doc->error)
		return zf_fail(j->c->op, doc->error, "%s: %s", zf_path_label(j->node->from), doc->error_text);
	if (zf_separator_find(j->c->from, j->c->op, doc, &separator) < 0)
		return -1;
	j->source = *doc->meta;
	j->source.array.separator = separator;
	return 0;
}

static bool has_edges(const struct zf_array_meta *meta)
{
	for (unsigned i = 0; i < meta->ndim; i++)
		if (meta->edges[i])
			return true;
	return false;
}

/* Whether the chunks can stay as they are; and how the source is read if not. */
static int compare_chunks(struct job *j, bool *same)
{
	const struct zf_array_meta *from = &j->source.array, *to = &j->target->array;
	struct zf_meta *target_v3 = NULL;
	int result = 0;

	if (has_edges(from) || has_edges(to))
		return zf_fail(j->c->op, EOPNOTSUPP,
			"%s: chunks of unequal lengths can only be copied as they are",
			zf_path_label(j->node->from));
	if (from->zarr_format != 3 && to->zarr_format == 3)
		result = zf_convert_to_v3(j->c->op, from, from->separator, &j->source_v3);
	else if (from->zarr_format == 3 && to->zarr_format != 3)
		result = zf_convert_to_v3(j->c->op, to, to->separator, &target_v3);
	if (result < 0)
		return zf_where(j->c->op, "%s", zf_path_label(j->node->from));
	if (j->source_v3)
		from = &j->source_v3->array;
	if (target_v3)
		to = &target_v3->array;
	if (from->zarr_format != 3)
		*same = json_equal(from->dtype, to->dtype) && json_equal(from->codecs, to->codecs) &&
			memcmp(from->chunk, to->chunk, from->ndim * sizeof *from->chunk) == 0;
	else
		*same = zf_convert_same(from, to);
	zf_meta_free(target_v3);
	return 0;
}

static const struct zf_array_meta *read_as(const struct job *j)
{
	return j->source_v3 ? &j->source_v3->array : &j->source.array;
}

/* The two arrays. A target without a document is opened as its document will say. */
static int open_arrays(struct job *j)
{
	struct zf_op *op = j->c->op;

	if (!j->target)
		j->kept = *j->node->doc->meta;
	j->goal = j->target ? j->target : &j->kept;
	/* what its document does not say, readers of such stores take for granted */
	if (j->goal->zarr_format == 2 && !j->goal->array.separator_declared &&
		(j->c->to->store->caps & ZF_STORE_NESTED))
		j->goal->array.separator = '/';
	if (j->source_v3) {
		/* the keys are those that are there */
		j->source_v3->array.key_folder = j->source.array.key_folder;
		j->source_v3->array.key_ending = j->source.array.key_ending;
	}
	if (zf_array_open(j->c->from->store, op, j->node->from, j->source_v3 ? j->source_v3 : &j->source,
		    &j->from) < 0)
		return -1;
	j->recode.from_meta = read_as(j);
	j->recode.to_meta = &j->goal->array;
	return zf_array_open(j->c->to->store, op, j->node->to, j->goal, &j->to);
}

static int find_way(struct job *j)
{
	const struct zf_array_meta *from, *to;
	bool same = j->verbatim;
	int result;

	if (!same && compare_chunks(j, &same) < 0)
		return -1;
	if (open_arrays(j) < 0)
		return -1;
	from = j->recode.from_meta;
	to = j->recode.to_meta;
	j->recode.from = j->from;
	j->recode.to = j->to;
	j->recode.store_empty = j->c->to->store_empty;
	j->recode.resume = j->c->resume;
	j->recode.done = &j->c->done;
	j->recode.crew.ctx = j->c->to->ctx;
	j->way = same ? ZF_COPY_BYTES : ZF_COPY_RECODE;
	if (same)
		return 0;
	result = zf_array_writable(j->to, j->c->op, &(struct zf_write_config){ 0 });
	if (result == 0 && to->nbytes > 0 &&
		memcmp(from->chunk, to->chunk, from->ndim * sizeof *from->chunk) != 0) {
		result = zf_recode_plan(&j->recode, j->c->op, &j->plan);
		j->way = j->plan.staged ? ZF_COPY_STAGED : ZF_COPY_DIRECT;
	}
	return result;
}

static void tell(const struct job *j, struct zf_copy_step *step)
{
	const struct zf_array_meta *to = j->recode.to_meta;

	*step = (struct zf_copy_step){ .from = j->node->from,
		.to = j->node->to,
		.way = j->way,
		.nbytes = to->nbytes,
		.ndim = to->ndim };
	step->values = to->nbytes || to->spec.kind == 'O' ? zf_plan_cells(to->ndim, to->shape, to->chunk) : 0;
	step->chunks = j->plan.chunks;
	step->decoded = j->plan.decoded;
	step->temporary = j->plan.stored;
	memcpy(step->read, j->plan.read, to->ndim * sizeof *step->read);
	memcpy(step->write, j->plan.write, to->ndim * sizeof *step->write);
}

/* ---- doing it ---- */

static void tick(void *arg)
{
	const struct zf_copying *c = arg;
	uint64_t done = __atomic_load_n(&c->done, __ATOMIC_RELAXED);

	if (c->config->progress)
		c->config->progress(c->config->arg, done < c->total ? done : c->total, c->total);
}

/* What was there before, unless it is what an interrupted copy has made. */
static int make_room(struct job *j)
{
	struct zf_copying *c = j->c;

	if (j->node->there && zf_remove_array(c->to, c->op, j->node->to) < 0)
		return -1;
	if (c->resume || !*j->node->to)
		return 0;
	return zf_clear_leftovers(c->to, c->op, j->node->to);
}

static int put_documents(struct job *j)
{
	struct zf_copying *c = j->c;

	if (zf_store_settle(c->to->store, c->op) < 0)
		return -1;
	if (j->attributes.len > 0 && zf_change_put(c->to, c->op, j->node->to, j->attrs_file, &j->attributes,
					     ZF_PUT_ALWAYS, NULL) < 0)
		return -1;
	if (zf_change_put(c->to, c->op, j->node->to, j->file, &j->document, ZF_PUT_ALWAYS, NULL) < 0)
		return -1;
	return zf_store_settle(c->to->store, c->op);
}

static int do_array(struct job *j)
{
	struct zf_op *op = j->c->op;
	int result = make_room(j);

	j->recode.crew.tick = tick;
	j->recode.crew.tick_arg = j->c;
	if (result == 0 && (j->way == ZF_COPY_BYTES || j->way == ZF_COPY_RECODE))
		result = zf_recode_values(&j->recode, op, j->way == ZF_COPY_BYTES);
	else if (result == 0)
		result = zf_recode_run(&j->recode, op, &j->plan);
	return result == 0 ? put_documents(j) : result;
}

int zf_copy_array(
	struct zf_copying *copying, const struct zf_copy_node *node, bool do_it, struct zf_copy_step *step)
{
	struct job job = { .c = copying,
		.node = node,
		.document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT),
		.attributes = ZF_OUT_GROWING(ZF_MAX_DOCUMENT) };
	int result = find_source(&job);

	if (result == 0)
		result = make_target(&job);
	if (result == 0)
		result = find_way(&job);
	if (result == 0)
		tell(&job, step);
	if (result == 0 && do_it)
		result = do_array(&job);
	zf_array_close(job.from);
	zf_array_close(job.to);
	zf_meta_free(job.source_v3);
	zf_meta_free(job.target);
	zf_out_free(&job.document);
	zf_out_free(&job.attributes);
	return result;
}
