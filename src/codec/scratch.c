/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scratch memory: two short lists, searched from the front. A chain of codecs holds two buffers at a time,
 * each shard around it a few more, so that the lists stay below two dozen entries.
 */
#include "codec/scratch.h"

#include <stdlib.h>

struct slot {
	struct zf_out out; /* first: a slot is found from its buffer */
	struct slot *next;
	bool busy;
};

struct made {
	struct made *next;
	const struct zf_part *part;
	void *object;
};

struct zf_scratch {
	struct slot *slots;
	struct made *parts;
};

struct zf_scratch *zf_scratch_new(void)
{
	return calloc(1, sizeof(struct zf_scratch));
}

void zf_scratch_free(struct zf_scratch *scratch)
{
	struct slot *slot, *next_slot;
	struct made *made, *next_made;

	if (!scratch)
		return;
	for (slot = scratch->slots; slot; slot = next_slot) {
		next_slot = slot->next;
		zf_out_free(&slot->out);
		free(slot);
	}
	for (made = scratch->parts; made; made = next_made) {
		next_made = made->next;
		made->part->destroy(made->object);
		free(made);
	}
	free(scratch);
}

/* The free slot that suits best: the smallest that is large enough, else the largest. */
static struct slot *best_slot(struct zf_scratch *scratch, size_t room)
{
	struct slot *best = NULL;

	for (struct slot *slot = scratch->slots; slot; slot = slot->next) {
		if (slot->busy)
			continue;
		if (!best)
			best = slot;
		else if (best->out.cap < room ? slot->out.cap > best->out.cap
					      : slot->out.cap >= room && slot->out.cap < best->out.cap)
			best = slot;
	}
	return best;
}

int zf_scratch_take(
	struct zf_scratch *scratch, struct zf_op *op, size_t room, size_t limit, struct zf_out **out)
{
	struct slot *slot = best_slot(scratch, room);

	if (!slot) {
		slot = calloc(1, sizeof *slot);
		if (!slot)
			return zf_nomem(op, sizeof *slot);
		slot->next = scratch->slots;
		scratch->slots = slot;
	}
	slot->out.len = 0;
	if (slot->out.cap < room)
		zf_out_free(&slot->out); /* its bytes are of no use: growing would copy them */
	slot->out.limit = room;
	if (zf_out_reserve(&slot->out, op, room) < 0)
		return -1;
	slot->out.limit = limit > room ? limit : room;
	slot->busy = true;
	*out = &slot->out;
	return 0;
}

void zf_scratch_give(struct zf_scratch *scratch, struct zf_out *out)
{
	(void)scratch;
	if (out)
		((struct slot *)out)->busy = false;
}

void zf_scratch_trim(struct zf_scratch *scratch, size_t keep)
{
	for (;;) {
		struct slot *largest = NULL;
		size_t sum = 0;

		for (struct slot *slot = scratch->slots; slot; slot = slot->next) {
			sum += slot->out.cap;
			if (!slot->busy && slot->out.cap && (!largest || slot->out.cap > largest->out.cap))
				largest = slot;
		}
		if (sum <= keep || !largest)
			return;
		zf_out_free(&largest->out);
	}
}

void *zf_scratch_part(struct zf_scratch *scratch, struct zf_op *op, const struct zf_part *part)
{
	struct made *made;

	for (made = scratch->parts; made; made = made->next)
		if (made->part == part)
			return made->object;
	made = calloc(1, sizeof *made);
	if (made)
		made->object = part->make();
	if (!made || !made->object) {
		free(made);
		zf_nomem(op, part->bytes);
		return NULL;
	}
	made->part = part;
	made->next = scratch->parts;
	scratch->parts = made;
	return made->object;
}
