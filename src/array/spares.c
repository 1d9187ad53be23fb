/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory to be used again.
 */
#include "array/spares.h"

static struct zf_spare **list_of(struct zf_spares *spares, size_t size)
{
	return &spares->lists[size * 0x9e3779b97f4a7c15u >> 60];
}

void zf_spares_put(struct zf_spares *spares, void *memory, size_t size)
{
	struct zf_spare *s = memory, **list = list_of(spares, size);

	s->next = *list;
	s->size = size;
	*list = s;
	spares->bytes += size;
}

static struct zf_spare *take_out(struct zf_spares *spares, struct zf_spare **at)
{
	struct zf_spare *s = *at;

	*at = s->next;
	spares->bytes -= s->size;
	return s;
}

void *zf_spares_take(struct zf_spares *spares, size_t size)
{
	for (struct zf_spare **at = list_of(spares, size); *at; at = &(*at)->next)
		if ((*at)->size == size)
			return take_out(spares, at);
	return NULL;
}

struct zf_spare *zf_spares_drop(struct zf_spares *spares, unsigned list)
{
	return take_out(spares, &spares->lists[list]);
}
