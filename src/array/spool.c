/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The spool: an unlinked file with a slot for each chunk whose layers found no room in memory. Within its
 * slot a byte lies at its rank.
 */
#include "array/dirty.h"

#include "base/temp_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_EXTENTS = 4096 }; /* of a chunk in the spool: beyond, it is better stored */

struct zf_spool {
	pthread_mutex_t lock;
	int fd; /* -1: none can be made */
	uint64_t slot_size;
	uint64_t next;  /* slots below have been used */
	uint64_t *free; /* of those, the ones that are free now */
	size_t free_count, free_room;
};

static struct zf_spool *get_spool(struct zf_array *a)
{
	struct zf_writes *w = a->writes;
	struct zf_spool *s;

	pthread_mutex_lock(&w->lock);
	if (!w->spool && (s = calloc(1, sizeof *s))) {
		pthread_mutex_init(&s->lock, NULL);
		s->slot_size = (a->grid.chunk_bytes + 4095) / 4096 * 4096;
		s->fd = zf_temp_file();
		w->spool = s;
	}
	s = w->spool;
	pthread_mutex_unlock(&w->lock);
	return s && s->fd >= 0 ? s : NULL;
}

void zf_spool_free(struct zf_spool *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s->free);
	free(s);
}

/* ---- slots ---- */

static uint64_t take_slot(struct zf_spool *s)
{
	uint64_t slot = UINT64_MAX;

	pthread_mutex_lock(&s->lock);
	if (s->free_count)
		slot = s->free[--s->free_count];
	else if (s->next < INT64_MAX / s->slot_size)
		slot = s->next++;
	pthread_mutex_unlock(&s->lock);
	return slot;
}

void zf_spool_release(struct zf_array *a, uint64_t slot)
{
	struct zf_spool *s = a->writes->spool;

	if (slot == UINT64_MAX)
		return;
	pthread_mutex_lock(&s->lock);
	if (s->free_count == s->free_room) {
		size_t room = s->free_room ? s->free_room * 2 : 64;
		uint64_t *to = realloc(s->free, room * sizeof *to);

		if (to) {
			s->free = to;
			s->free_room = room;
		}
	}
	if (s->free_count < s->free_room)
		s->free[s->free_count++] = slot; /* else it is lost until the file goes */
	if (s->free_count == s->next) {
		s->free_count = 0;
		s->next = 0;
		if (ftruncate(s->fd, 0) < 0)
			s->next = 0; /* the room is used again all the same */
	}
	pthread_mutex_unlock(&s->lock);
}

/* ---- bytes ---- */

static bool write_all(struct zf_spool *s, uint64_t slot, const uint8_t *bytes, uint64_t start, uint64_t len)
{
	uint64_t at = slot * s->slot_size + start;

	while (len) {
		ssize_t n = pwrite(s->fd, bytes, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		at += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return true;
}

int zf_spool_read(
	struct zf_array *a, struct zf_op *op, uint64_t slot, uint8_t *to, uint64_t start, uint64_t len)
{
	struct zf_spool *s = a->writes->spool;
	uint64_t at = slot * s->slot_size + start;

	while (len) {
		ssize_t n = pread(s->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return zf_fail(op, errno, "%s: spool: %s", a->label, strerror(errno));
		if (n == 0)
			break; /* past the end: nothing that was spooled */
		to += n;
		at += (uint64_t)n;
		len -= (uint64_t)n;
	}
	memset(to, 0, len);
	return 0;
}

/* Layers that can be spooled, which nobody changes: frozen. */
struct batch {
	struct zf_layer *layers[16];
	unsigned count;
};

static void freeze(struct zf_dirty *v, struct zf_dirty_chunk *c, struct batch *b)
{
	b->count = 0;
	pthread_mutex_lock(&v->lock);
	for (struct zf_layer *l = c->bottom; l && b->count < 16; l = l->above) {
		l->frozen = true;
		b->layers[b->count++] = l;
	}
	pthread_mutex_unlock(&v->lock);
}

/* Writes the layers into the slot, oldest first, and notes where in `to`. */
static bool write_layers(
	struct zf_spool *s, uint64_t slot, const struct batch *b, uint64_t total, struct zf_layer *to)
{
	for (unsigned i = 0; i < b->count; i++) {
		const struct zf_layer *l = b->layers[i];
		uint64_t at = 0, from, len;
		const uint8_t *data;

		if (l->erased)
			return false;
		for (; at < total && zf_layer_next(l, at, total, &from, &len, &data); at = from + len)
			if ((data && !write_all(s, slot, data, from, len)) || !zf_layer_note(to, from, len) ||
				to->count > MOST_EXTENTS)
				return false;
	}
	return true;
}

/* In place of the layers that were written there is one now. */
static void replace(struct zf_array *a, struct zf_dirty_chunk *c, const struct batch *b, uint64_t slot,
	struct zf_layer *now)
{
	struct zf_layer_of of = zf_dirty_of(a, c);
	struct zf_dirty *v = c->value;

	pthread_mutex_lock(&v->lock);
	now->frozen = now->spooled = true;
	now->above = b->layers[b->count - 1]->above;
	c->bottom = now;
	c->slot = slot;
	if (!now->above)
		c->top = now;
	v->turn++;
	for (unsigned i = 0; i < b->count; i++) {
		zf_layer_clear(b->layers[i], &of);
		free(b->layers[i]);
	}
	zf_dirty_check(c);
	pthread_mutex_unlock(&v->lock);
}

static bool spool_chunk(struct zf_array *a, struct zf_spool *s, struct zf_dirty_chunk *c)
{
	uint64_t slot = c->slot;
	struct zf_layer *now;
	struct batch b;

	freeze(c->value, c, &b);
	if (!b.count || (b.count == 1 && b.layers[0]->spooled))
		return true;
	now = calloc(1, sizeof *now);
	if (slot == UINT64_MAX)
		slot = take_slot(s);
	if (now && slot != UINT64_MAX && write_layers(s, slot, &b, c->total, now)) {
		replace(a, c, &b, slot, now);
		return true;
	}
	if (slot != c->slot)
		zf_spool_release(a, slot);
	if (now)
		free(now->extents);
	free(now);
	return false;
}

int zf_spool_value(struct zf_array *a, struct zf_dirty *v)
{
	struct zf_spool *s = get_spool(a);
	struct zf_dirty_chunk *c;
	bool ok = s != NULL;

	pthread_mutex_lock(&v->lock);
	c = v->chunks;
	pthread_mutex_unlock(&v->lock);
	for (; c && ok; c = c->sibling)
		ok = spool_chunk(a, s, c);
	return ok ? 0 : 1;
}
