/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory that loading and storing need, kept between jobs: as many sets as jobs ran at once.
 */
#include "array/internal.h"

#include <stdlib.h>

enum { KEEP = 8 << 20 }; /* bytes of each buffer that are kept for the next load */

struct zf_loaders {
	pthread_mutex_t lock;
	struct zf_loader *idle;
};

int zf_loaders_new(struct zf_op *op, struct zf_loaders **out)
{
	struct zf_loaders *loaders = calloc(1, sizeof *loaders);

	if (!loaders)
		return zf_nomem(op, sizeof *loaders);
	pthread_mutex_init(&loaders->lock, NULL);
	*out = loaders;
	return 0;
}

static void loader_free(struct zf_loader *loader)
{
	zf_scratch_free(loader->scratch);
	zf_out_free(&loader->encoded);
	for (int i = 0; i < ZF_LOADER_BUFFERS; i++)
		zf_out_free(&loader->buffers[i]);
	free(loader);
}

void zf_loaders_free(struct zf_loaders *loaders)
{
	struct zf_loader *next;

	if (!loaders)
		return;
	for (struct zf_loader *l = loaders->idle; l; l = next) {
		next = l->next;
		loader_free(l);
	}
	pthread_mutex_destroy(&loaders->lock);
	free(loaders);
}

struct zf_loader *zf_loader_take(struct zf_ctx *ctx)
{
	struct zf_loaders *all = ctx->loaders;
	struct zf_loader *loader;

	pthread_mutex_lock(&all->lock);
	loader = all->idle;
	if (loader)
		all->idle = loader->next;
	pthread_mutex_unlock(&all->lock);
	if (loader)
		return loader;

	loader = calloc(1, sizeof *loader);
	if (!loader)
		return NULL;
	loader->scratch = zf_scratch_new();
	if (!loader->scratch) {
		free(loader);
		return NULL;
	}
	return loader;
}

void zf_loader_return(struct zf_ctx *ctx, struct zf_loader *loader)
{
	zf_scratch_trim(loader->scratch, KEEP);
	if (loader->encoded.cap > KEEP)
		zf_out_free(&loader->encoded);
	for (int i = 0; i < ZF_LOADER_BUFFERS; i++)
		if (loader->buffers[i].cap > KEEP)
			zf_out_free(&loader->buffers[i]);
	pthread_mutex_lock(&ctx->loaders->lock);
	loader->next = ctx->loaders->idle;
	ctx->loaders->idle = loader;
	pthread_mutex_unlock(&ctx->loaders->lock);
}
