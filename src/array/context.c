/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Contexts.
 */
#include "array/cache.h"
#include "array/internal.h"
#include "base/ctx.h"
#include "base/op.h"

#include <stdlib.h>
#include <unistd.h>

enum { MIB = 1 << 20, MOST_THREADS = 1024 };

static void set_defaults(struct zf_config *config)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (!config->cache)
		config->cache = 256 * (uint64_t)MIB;
	if (!config->cache_max)
		config->cache_max = 1024 * (uint64_t)MIB;
	if (config->cache_max < config->cache)
		config->cache_max = config->cache;
	if (!config->threads)
		config->threads = cpus > 0 ? (unsigned)cpus : 1;
	if (config->threads > MOST_THREADS)
		config->threads = MOST_THREADS;
	if (config->serial)
		config->threads = 0;
}

int zf_ctx_new(const struct zf_config *config, struct zf_op *op, struct zf_ctx **out)
{
	struct zf_ctx *ctx = calloc(1, sizeof *ctx);

	if (!ctx)
		return zf_nomem(op, sizeof *ctx);
	if (config)
		ctx->config = *config;
	set_defaults(&ctx->config);
	if (zf_loaders_new(op, &ctx->loaders) < 0 || zf_cache_new(ctx, op, &ctx->cache) < 0 ||
		zf_pool_new(op, ctx->config.threads, &ctx->pool) < 0) {
		zf_ctx_free(ctx);
		return -1;
	}
	*out = ctx;
	return 0;
}

void zf_ctx_free(struct zf_ctx *ctx)
{
	if (!ctx)
		return;
	zf_pool_free(ctx->pool);
	zf_cache_free(ctx->cache);
	zf_loaders_free(ctx->loaders);
	free(ctx);
}

void zf_ctx_stats(struct zf_ctx *ctx, struct zf_stats *out)
{
	const struct zf_counters *n = &ctx->counters;

	*out = (struct zf_stats){
		.hits = __atomic_load_n(&n->hits, __ATOMIC_RELAXED),
		.loads = __atomic_load_n(&n->loads, __ATOMIC_RELAXED),
		.absent = __atomic_load_n(&n->absent, __ATOMIC_RELAXED),
		.prefetched = __atomic_load_n(&n->prefetched, __ATOMIC_RELAXED),
		.store_gets = __atomic_load_n(&n->store_gets, __ATOMIC_RELAXED),
		.store_bytes = __atomic_load_n(&n->store_bytes, __ATOMIC_RELAXED),
	};
	zf_cache_stats(ctx->cache, out);
}
