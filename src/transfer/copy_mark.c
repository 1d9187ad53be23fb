/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mark of a copy that is not done: beside the target, a text that says what is copied and how. A copy
 * that finds its own mark takes the arrays and chunks that are there for its own.
 */
#include "transfer/copy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_key(const struct zf_copying *c, char out[static ZF_PATH_SIZE])
{
	if (snprintf(out, ZF_PATH_SIZE, "%s.zarrtool-copy", c->to_path) < ZF_PATH_SIZE)
		return 0;
	return zf_fail(c->op, ENAMETOOLONG, "%s: the path is too long", zf_path_label(c->to_path));
}

static const char *shown(const char *value)
{
	return value ? value : "-";
}

/* All that the result depends on. New: free(). */
static int make_text(const struct zf_copying *c, char **out, size_t *len)
{
	const struct zf_new *s = &c->config->settings;
	FILE *to = open_memstream(out, len);

	if (!to)
		return zf_nomem(c->op, ZF_PATH_SIZE);
	fprintf(to,
		"An unfinished copy. The same command finishes it; to give it up, remove what it made.\n"
		"from %s#%s\nformat %d\nchunks %s\nshards %s\ncompressor %s\nfilters %s\ncodecs %s\norder "
		"%d\n"
		"separator %d\n",
		c->from->place, c->from_path, s->zarr_format, shown(s->chunks), shown(s->shards),
		shown(s->compressor), shown(s->filters), shown(s->codecs), s->order, s->separator);
	fclose(to);
	return 0;
}

int zf_copy_mark_find(struct zf_copying *c)
{
	struct zf_out found = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	char key[ZF_PATH_SIZE], *text = NULL;
	size_t len = 0;
	int result;

	if (make_key(c, key) < 0 || make_text(c, &text, &len) < 0)
		return -1;
	result = zf_store_get(c->to->store, c->op, key, NULL, &found, NULL);
	c->resume = result == ZF_FOUND && found.len == len && memcmp(found.data, text, len) == 0;
	zf_out_free(&found);
	free(text);
	if (result == ZF_FOUND && !c->resume)
		return zf_fail(c->op, EEXIST,
			"%s: another copy to there is unfinished (key '%s' tells which): finish it, or "
			"remove "
			"what it made and the key",
			zf_path_label(c->to_path), key);
	return result < 0 ? -1 : 0;
}

int zf_copy_mark_put(struct zf_copying *c)
{
	char key[ZF_PATH_SIZE], *text = NULL;
	size_t len = 0;
	int result;

	if (c->resume)
		return 0;
	if (make_key(c, key) < 0 || make_text(c, &text, &len) < 0)
		return -1;
	result = zf_store_put(c->to->store, c->op, key, text, len, ZF_PUT_ALWAYS, NULL);
	free(text);
	return result < 0 ? -1 : zf_store_settle(c->to->store, c->op);
}

int zf_copy_mark_remove(struct zf_copying *c)
{
	char key[ZF_PATH_SIZE];

	if (make_key(c, key) < 0)
		return -1;
	return zf_store_del(c->to->store, c->op, key) < 0 ? -1 : 0;
}
