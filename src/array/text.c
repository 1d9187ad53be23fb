/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays of elements that vary in length, as text: a line for each element, in C order.
 *
 * Where a line begins is known only from the lines before it. So reading goes from a place that is known (an
 * element, and the offset of its line) to the one that is wanted: the reader's own last one, or one of those
 * noted on the way by anybody, whose distance doubles when there are too many. The text's size is known once
 * its end was met.
 *
 * Chunks are kept decoded, those read last, within a quarter of the context's cache; at least the one being
 * read. Grid and chunk numbers are those of an array whose elements are one byte each.
 */
#include "array/internal.h"

#include "base/ctx.h"
#include "codec/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUCKETS = 256,
	PLACES = 4096,            /* noted */
	LEAST_STEP = 256 << 10,   /* bytes between them, at first */
	MEASURE_BYTES = 32 << 20, /* read to find the size of a text that is short, */
	MEASURE_LOADS = 1024,     /* and chunks loaded */
};

struct chunk {
	struct chunk *next;          /* in its bucket */
	struct chunk *newer, *older; /* by last use */
	unsigned refs;               /* one of them the table's, while it is in it */
	uint64_t index;
	size_t bytes;                /* that it takes */
	const struct zf_text *lines; /* NULL: not stored, each element is fill; owned */
	const uint8_t *text;         /* owned */
};

struct place {
	uint64_t element, offset; /* of its line */
};

struct zf_lines {
	pthread_mutex_t lock;
	uint64_t number; /* of the content: no other one has it */
	uint64_t size;   /* of the text; UINT64_MAX: not known yet */
	char *fill;      /* owned */
	size_t fill_len;
	struct chunk *buckets[BUCKETS], *newest, *oldest;
	struct place places[PLACES];
	unsigned count;
	uint64_t step;
};

/* ---- opening ---- */

static void renew(struct zf_array *a)
{
	struct zf_lines *t = a->lines;

	t->number = __atomic_add_fetch(&a->ctx->text_number, 1, __ATOMIC_RELAXED);
	t->size = UINT64_MAX;
	t->count = 1; /* the beginning */
	t->step = LEAST_STEP;
}

int zf_lines_new(struct zf_array *a, struct zf_op *op, const char *fill)
{
	a->lines = calloc(1, sizeof *a->lines);
	if (!a->lines)
		return zf_nomem(op, sizeof *a->lines);
	pthread_mutex_init(&a->lines->lock, NULL);
	a->lines->fill = strdup(fill);
	if (!a->lines->fill)
		return zf_nomem(op, strlen(fill));
	a->lines->fill_len = strlen(fill);
	renew(a);
	return 0;
}

bool zf_array_is_text(const struct zf_array *a)
{
	return a->lines != NULL;
}

/* ---- decoded chunks ---- */

static void unref(struct zf_array *a, struct chunk *c)
{
	if (--c->refs > 0)
		return;
	__atomic_sub_fetch(&a->ctx->text_bytes, c->bytes, __ATOMIC_RELAXED);
	free((void *)c->lines);
	free((void *)c->text);
	free(c);
}

static void list_in(struct zf_lines *t, struct chunk *c)
{
	c->older = t->newest;
	c->newer = NULL;
	*(c->older ? &c->older->newer : &t->oldest) = c;
	t->newest = c;
}

static void list_out(struct zf_lines *t, struct chunk *c)
{
	*(c->newer ? &c->newer->older : &t->newest) = c->older;
	*(c->older ? &c->older->newer : &t->oldest) = c->newer;
}

static struct chunk **find(struct zf_lines *t, uint64_t index)
{
	struct chunk **at = &t->buckets[index % BUCKETS];

	while (*at && (*at)->index != index)
		at = &(*at)->next;
	return at;
}

/* With the lock held, as all that follow here. */
static void drop(struct zf_array *a, struct chunk *c)
{
	struct chunk **at = find(a->lines, c->index);

	*at = c->next;
	list_out(a->lines, c);
	unref(a, c);
}

static void shrink(struct zf_array *a, const struct chunk *but)
{
	uint64_t most = a->ctx->config.cache / 4;

	while (a->lines->oldest && a->lines->oldest != but &&
		__atomic_load_n(&a->ctx->text_bytes, __ATOMIC_RELAXED) > most)
		drop(a, a->lines->oldest);
}

/* Puts a chunk that was loaded into the table, unless the content has changed since. */
static void keep(struct zf_array *a, struct chunk *c, uint64_t number)
{
	struct zf_lines *t = a->lines;
	struct chunk **at = find(t, c->index);

	__atomic_add_fetch(&a->ctx->text_bytes, c->bytes, __ATOMIC_RELAXED);
	if (t->number == number) {
		if (*at)
			drop(a, *at); /* another reader's */
		at = find(t, c->index);
		c->next = NULL;
		*at = c;
		c->refs++;
		list_in(t, c);
	}
	shrink(a, c);
}

void zf_lines_forget(struct zf_array *a)
{
	pthread_mutex_lock(&a->lines->lock);
	while (a->lines->oldest)
		drop(a, a->lines->oldest);
	renew(a);
	pthread_mutex_unlock(&a->lines->lock);
}

void zf_array_text_idle(struct zf_array *a)
{
	pthread_mutex_lock(&a->lines->lock);
	while (a->lines->oldest)
		drop(a, a->lines->oldest);
	pthread_mutex_unlock(&a->lines->lock);
}

void zf_lines_free(struct zf_array *a)
{
	if (!a->lines)
		return;
	zf_array_text_idle(a);
	pthread_mutex_destroy(&a->lines->lock);
	free(a->lines->fill);
	free(a->lines);
}

/* ---- loading ---- */

/* What a chunk may take, encoded, at any stage, and as text. */
static size_t most_bytes(const struct zf_array *a)
{
	uint64_t most = a->ctx->config.cache_max;

	return most < ZF_MAX_TEXTS ? (size_t)most : (size_t)ZF_MAX_TEXTS;
}

static int too_large(const struct zf_array *a, struct zf_op *op)
{
	if (op->err == EFBIG)
		op->err = ENOMEM;
	return zf_where(op, "a chunk takes more than %zu bytes", most_bytes(a));
}

static int check_lines(struct zf_op *op, const struct zf_text *lines, uint64_t n, size_t len)
{
	for (uint64_t i = 0; i < n; i++)
		if (lines[i].offset > len || lines[i].len > len - lines[i].offset)
			return zf_fail(op, EIO, "element %ju lies outside of the chunk", (uintmax_t)i);
	return 0;
}

static int decode(struct zf_array *a, struct zf_op *op, struct zf_loader *loader, struct chunk *c)
{
	uint64_t n = a->grid.chunk_bytes;
	struct zf_out *texts = zf_texts(loader->scratch, op);
	struct zf_text *lines;

	if (!texts)
		return -1;
	if (n > most_bytes(a) / sizeof *lines)
		return zf_fail(op, ENOMEM, "a chunk has %ju elements, which take more than %zu bytes",
			(uintmax_t)n, most_bytes(a));
	lines = malloc((size_t)n * sizeof *lines);
	if (!lines)
		return zf_nomem(op, (size_t)n * sizeof *lines);
	c->lines = lines;
	texts->len = 0;
	texts->limit = most_bytes(a);
	if (zf_out_append(texts, op, a->lines->fill, a->lines->fill_len) < 0 ||
		zf_chunk_decode(a, op, loader, c->index, loader->encoded.data, loader->encoded.len, lines) <
			0) {
		zf_out_free(texts);
		return op->err == EFBIG ? too_large(a, op) : -1;
	}
	c->text = texts->data;
	c->bytes += (size_t)n * sizeof *lines + texts->cap;
	n = check_lines(op, lines, n, texts->len) < 0;
	*texts = (struct zf_out){ 0 };
	return n ? -1 : 0;
}

/* What was seen belongs to the stored value: a shard, where there are shards. */
static void note_seen(struct zf_array *a, uint64_t index, int found, const struct zf_value *value)
{
	bool there = found == ZF_FOUND || (a->depth && value->size != ZF_NO_VALUE);

	zf_seen_note(a->seen, zf_array_base_index(a, index), there ? &value->tag : NULL);
}

static int load_with(struct zf_array *a, struct zf_op *op, struct zf_loader *loader, struct chunk *c)
{
	struct zf_out *encoded = &loader->encoded;
	char key[ZF_MAX_KEY + 1];
	struct zf_value value;
	int found;

	if (zf_array_key(a, op, c->index, key, sizeof key) < 0)
		return -1;
	encoded->len = 0;
	encoded->limit = most_bytes(a);
	found = zf_value_get(a->store, op, key, NULL, encoded, &value);
	ZF_COUNT(a->ctx, loads, 1);
	if (found < 0)
		return op->err == EFBIG ? too_large(a, op) : -1;
	note_seen(a, c->index, found, &value);
	if (found == ZF_MISSING) {
		ZF_COUNT(a->ctx, absent, 1);
		return 0;
	}
	return decode(a, op, loader, c) < 0 ? zf_array_where_key(a, op, key) : 0;
}

/* Loads a chunk: one reference. NULL with an error. */
static struct chunk *load(struct zf_array *a, struct zf_op *op, uint64_t index)
{
	struct chunk *c = calloc(1, sizeof *c);
	struct zf_loader *loader = zf_loader_take(a->ctx);
	int failed = -1;

	if (c && loader) {
		*c = (struct chunk){ .refs = 1, .index = index, .bytes = sizeof *c };
		failed = load_with(a, op, loader, c);
		if (failed)
			zf_array_where(a, op, index);
	} else {
		zf_nomem(op, sizeof *c);
	}
	if (loader)
		zf_loader_return(a->ctx, loader);
	if (!failed)
		return c;
	if (c) {
		free((void *)c->lines);
		free((void *)c->text);
	}
	free(c);
	return NULL;
}

/* ---- reading ---- */

/* A read under way. */
struct walk {
	struct zf_array *array;
	struct zf_op *op;
	uint64_t number; /* of the content that it began with */
	struct place at;
	uint8_t *to;
	uint64_t offset; /* of the first byte that is wanted */
	size_t len, done;
	unsigned loads; /* chunks that were not there */
};

static struct chunk *get(struct walk *w, uint64_t index)
{
	struct zf_array *a = w->array;
	struct zf_lines *t = a->lines;
	struct chunk *c;

	pthread_mutex_lock(&t->lock);
	c = w->number == t->number ? *find(t, index) : NULL;
	if (c) {
		c->refs++;
		list_out(t, c);
		list_in(t, c);
	}
	pthread_mutex_unlock(&t->lock);
	if (c)
		return c;
	w->loads++;
	c = load(a, w->op, index);
	if (!c)
		return NULL;
	pthread_mutex_lock(&t->lock);
	keep(a, c, w->number);
	pthread_mutex_unlock(&t->lock);
	return c;
}

static void put(struct walk *w, struct chunk *c)
{
	pthread_mutex_lock(&w->array->lines->lock);
	unref(w->array, c);
	pthread_mutex_unlock(&w->array->lines->lock);
}

/* Takes what is wanted of a line; false: all that is wanted is there, and the line goes on. */
static bool take_line(struct walk *w, const void *text, size_t len)
{
	uint64_t skip = w->offset + w->done - w->at.offset;

	if (skip < len) {
		size_t n = len - (size_t)skip < w->len - w->done ? len - (size_t)skip : w->len - w->done;

		if (n > 0)
			memcpy(w->to + w->done, (const uint8_t *)text + skip, n);
		w->done += n;
		skip += n;
	}
	if (skip == len) {
		if (w->done == w->len)
			return false;
		w->to[w->done++] = '\n';
	}
	if (skip < len)
		return false;
	w->at.offset += (uint64_t)len + 1;
	w->at.element++;
	return true;
}

/* Goes through the lines of elements up to `end`, which lie side by side in the chunk from `start` on. */
static void take_lines(struct walk *w, const struct chunk *c, uint64_t start, uint64_t end)
{
	const struct zf_lines *t = w->array->lines;
	const struct zf_text *line = c->lines ? c->lines + start : NULL;

	if (!line && w->at.offset < w->offset) { /* as many as can be passed over */
		uint64_t n = (w->offset - w->at.offset) / (t->fill_len + 1), most = end - w->at.element;

		n = n < most ? n : most;
		w->at.element += n;
		w->at.offset += n * (t->fill_len + 1);
	}
	while (w->at.element < end) {
		const void *text = line ? c->text + line->offset : (const void *)t->fill;
		size_t len = line ? (size_t)line->len : t->fill_len;

		if (w->at.offset + len + 1 <= w->offset) {
			w->at.offset += len + 1;
			w->at.element++;
		} else if (!take_line(w, text, len)) {
			return;
		}
		if (line)
			line++;
	}
}

/* Notes where the walk is, if that is far enough from the last place known. */
static void note_place(struct walk *w)
{
	struct zf_lines *t = w->array->lines;

	pthread_mutex_lock(&t->lock);
	if (w->number == t->number && w->at.offset >= t->places[t->count - 1].offset + t->step) {
		if (t->count == PLACES) {
			for (unsigned i = 0; i < PLACES / 2; i++)
				t->places[i] = t->places[2 * i];
			t->count = PLACES / 2;
			t->step *= 2;
		}
		t->places[t->count++] = w->at;
	}
	pthread_mutex_unlock(&t->lock);
}

static void note_end(struct walk *w)
{
	struct zf_lines *t = w->array->lines;

	pthread_mutex_lock(&t->lock);
	if (w->number == t->number)
		t->size = w->at.offset;
	pthread_mutex_unlock(&t->lock);
}

/* Begins at the last place known that is not behind the offset: `hint` may be one. */
static void begin(struct walk *w, const struct zf_text_place *hint)
{
	struct zf_lines *t = w->array->lines;
	unsigned lo = 0, hi;

	pthread_mutex_lock(&t->lock);
	w->number = t->number;
	for (hi = t->count; hi - lo > 1;) {
		unsigned middle = (lo + hi) / 2;

		*(t->places[middle].offset <= w->offset ? &lo : &hi) = middle;
	}
	w->at = t->places[lo];
	pthread_mutex_unlock(&t->lock);
	if (hint && hint->number == w->number && hint->offset <= w->offset && hint->offset > w->at.offset)
		w->at = (struct place){ hint->element, hint->offset };
}

/* Walks until all that is wanted is there, or to the end. */
static int walk(struct walk *w, unsigned loads)
{
	struct zf_array *a = w->array;
	uint64_t n = a->grid.nbytes;

	while (w->at.element < n && (w->done < w->len || w->at.offset < w->offset) && w->loads < loads) {
		uint64_t end, index = zf_grid_locate(&a->grid, w->at.element, &end);
		struct chunk *c;

		if (zf_op_check(w->op) < 0)
			return -1;
		c = get(w, index);
		if (!c)
			return -1;
		take_lines(w, c, zf_grid_in_chunk(&a->grid, w->at.element), end);
		put(w, c);
		note_place(w);
		if (w->at.element < end) /* all that is wanted is there */
			break;
		if (w->at.offset > ZF_MAX_FILE)
			return zf_fail(w->op, EFBIG, "%s: the text has more than 2^63-1 bytes", a->label);
	}
	if (w->at.element == n)
		note_end(w);
	return 0;
}

int zf_array_text_pread(struct zf_array *a, struct zf_op *op, struct zf_text_place *place, void *buf,
	size_t len, uint64_t offset, size_t *got)
{
	struct walk w = { .array = a, .op = op, .to = buf, .offset = offset, .len = len };

	if (offset > ZF_MAX_FILE)
		return zf_fail(op, EINVAL, "%s: offset %ju", a->label, (uintmax_t)offset);
	begin(&w, place);
	if (walk(&w, UINT32_MAX) < 0)
		return -1;
	if (place)
		*place = (struct zf_text_place){ w.number, w.at.element, w.at.offset };
	*got = w.done;
	return 0;
}

bool zf_array_text_size(struct zf_array *a, uint64_t *size)
{
	uint64_t known;

	pthread_mutex_lock(&a->lines->lock);
	known = a->lines->size;
	pthread_mutex_unlock(&a->lines->lock);
	if (known != UINT64_MAX)
		*size = known;
	return known != UINT64_MAX;
}

void zf_array_text_measure(struct zf_array *a, struct zf_op *op)
{
	struct walk w = { .array = a, .op = op, .offset = MEASURE_BYTES };
	uint64_t size;

	if (!zf_array_text_size(a, &size)) {
		begin(&w, NULL);
		walk(&w, MEASURE_LOADS);
	}
}
