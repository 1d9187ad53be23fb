/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codecs in the form of a document.
 */
#include "meta/codec_form.h"

#include "meta/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "numcodecs.";

/* What numcodecs 0.11 and zarr-python 3 take where only a name is given. */
static const struct named {
	const char *name, *v2, *v3;
} names[] = {
	{ "blosc", "{'id': 'blosc', 'cname': 'lz4', 'clevel': 5, 'shuffle': 1, 'blocksize': 0}",
		"{'name': 'blosc', 'configuration': {'cname': 'zstd', 'clevel': 5, 'blocksize': 0}}" },
	{ "zstd", "{'id': 'zstd', 'level': 1}",
		"{'name': 'zstd', 'configuration': {'level': 0, 'checksum': false}}" },
	{ "gzip", "{'id': 'gzip', 'level': 1}", "{'name': 'gzip', 'configuration': {'level': 5}}" },
	{ "zlib", "{'id': 'zlib', 'level': 1}", NULL },
	{ "bz2", "{'id': 'bz2', 'level': 1}", NULL },
	{ "lz4", "{'id': 'lz4', 'acceleration': 1}", NULL },
	{ "lzma", "{'id': 'lzma', 'format': 1, 'check': -1, 'preset': null, 'filters': null}", NULL },
	{ "crc32", "{'id': 'crc32'}", NULL },
	{ "adler32", "{'id': 'adler32'}", NULL },
	{ "crc32c", "{'id': 'crc32c'}", "{'name': 'crc32c'}" },
};

/* The codecs that v3 has itself, under the same name. */
static bool is_native(const char *id)
{
	static const char *const native[] = { "blosc", "zstd", "gzip", "crc32c" };

	for (size_t i = 0; i < sizeof native / sizeof native[0]; i++)
		if (strcmp(native[i], id) == 0)
			return true;
	return false;
}

/* ---- blosc: v3 has words for the shuffles, and says what the items are ---- */

static const char *const shuffles[] = { "noshuffle", "shuffle", "bitshuffle" };

static int set(struct zf_op *op, json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? zf_nomem(op, sizeof *value) : 0;
}

static int blosc_to_v3(struct zf_op *op, json_t **config, uint32_t itemsize)
{
	const json_t *shuffle = json_object_get(*config, "shuffle");
	json_int_t n = json_integer_value(shuffle);
	json_t *ordered = json_object();
	const char *key;
	json_t *value;

	if (!json_is_integer(shuffle) || n < 0 || n > 2)
		n = itemsize == 1 ? 2 : 1;
	if (set(op, ordered, "typesize", json_integer(itemsize)) < 0)
		goto failed;
	json_object_foreach(*config, key, value)
	{
		if (strcmp(key, "blocksize") != 0 && strcmp(key, "shuffle") != 0 &&
			set(op, ordered, key, json_incref(value)) < 0)
			goto failed;
	}
	value = json_object_get(*config, "blocksize");
	if (set(op, ordered, "shuffle",
		    json_is_string(shuffle) ? json_incref((json_t *)shuffle) : json_string(shuffles[n])) <
			0 ||
		set(op, ordered, "blocksize", value ? json_incref(value) : json_integer(0)) < 0)
		goto failed;
	json_decref(*config);
	*config = ordered;
	return 0;
failed:
	json_decref(ordered);
	return -1;
}

static int blosc_to_v2(struct zf_op *op, json_t *config)
{
	const char *word = json_string_value(json_object_get(config, "shuffle"));

	json_object_del(config, "typesize");
	for (int i = 0; word && i < 3; i++)
		if (strcmp(word, shuffles[i]) == 0)
			return set(op, config, "shuffle", json_integer(i));
	return 0;
}

/* ---- one form to the other ---- */

/* {"id": ..., ...}, to which `id` is borrowed. */
static int to_v3(struct zf_op *op, const char *id, const json_t *codec, uint32_t itemsize, json_t **out)
{
	bool native = is_native(id);
	json_t *config = json_copy((json_t *)codec);
	int rc = config ? 0 : zf_nomem(op, sizeof *config);

	json_object_del(config, "id");
	if (rc == 0 && strcmp(id, "blosc") == 0)
		rc = blosc_to_v3(op, &config, itemsize);
	if (rc == 0 && strcmp(id, "zstd") == 0 && !json_object_get(config, "checksum"))
		rc = set(op, config, "checksum", json_false());
	if (rc == 0) {
		json_t *name = json_sprintf("%s%s", native ? "" : prefix, id);

		*out = native && json_object_size(config) == 0
			       ? json_pack("{s:o}", "name", name)
			       : json_pack("{s:o, s:O}", "name", name, "configuration", config);
		rc = *out ? 0 : zf_nomem(op, sizeof *config);
	}
	json_decref(config);
	return rc;
}

/* {"name": ..., "configuration": ...} */
static int to_v2(struct zf_op *op, const char *key, const char *name, const json_t *codec, json_t **out)
{
	const json_t *config = json_object_get(codec, "configuration");
	bool foreign = strncmp(name, prefix, strlen(prefix)) == 0;
	const char *id = foreign ? name + strlen(prefix) : name;
	json_t *copy;

	if (!foreign && !is_native(id))
		return zf_fail(op, EINVAL, "%s: zarr_format 2 has no codec '%.60s'", key, name);
	copy = json_is_object(config) ? json_copy((json_t *)config) : json_object();
	if (!copy)
		return zf_nomem(op, sizeof *copy);
	if (set(op, copy, "id", json_string(id)) < 0 ||
		(strcmp(id, "blosc") == 0 && blosc_to_v2(op, copy) < 0)) {
		json_decref(copy);
		return -1;
	}
	if (!foreign && json_is_false(json_object_get(copy, "checksum")))
		json_object_del(copy, "checksum"); /* v2's has no such member, or not always */
	*out = copy;
	return 0;
}

/* ---- what is given ---- */

static int form_object(struct zf_op *op, int zarr_format, const char *key, const json_t *given,
	uint32_t itemsize, json_t **out)
{
	const char *id = zf_json_text(json_object_get(given, "id")),
		   *name = zf_json_text(json_object_get(given, "name"));

	if (id && zarr_format > 2)
		return to_v3(op, id, given, itemsize, out);
	if (name && !id && zarr_format == 2)
		return to_v2(op, key, name, given, out);
	if (!id && !name)
		return zf_fail(op, EINVAL, "%s: a codec without a name", key);
	*out = json_incref((json_t *)given);
	return 0;
}

/* A table's text, which is JSON with the other quotes. */
static json_t *unquote(const char *text)
{
	char *copy = strdup(text);
	json_t *value;

	for (char *p = copy; p && *p; p++)
		*p = *p == '\'' ? '"' : *p;
	value = copy ? json_loads(copy, 0, NULL) : NULL;
	free(copy);
	return value;
}

static int form_name(struct zf_op *op, int zarr_format, const char *key, const json_t *given,
	uint32_t itemsize, json_t **out)
{
	const char *name = zf_json_text(given);
	char show[64];

	if (name && strncmp(name, prefix, strlen(prefix)) == 0)
		name += strlen(prefix);
	for (size_t i = 0; name && i < sizeof names / sizeof names[0]; i++) {
		json_t *codec;
		int rc;

		if (strcmp(names[i].name, name) != 0)
			continue;
		codec = unquote(zarr_format > 2 && names[i].v3 ? names[i].v3 : names[i].v2);
		if (!codec)
			return zf_nomem(op, 256);
		if (zarr_format > 2 && strcmp(name, "blosc") == 0)
			rc = to_v3(op, name, json_object_get(codec, "configuration"), itemsize, out);
		else
			rc = form_object(op, zarr_format, key, codec, itemsize, out);
		json_decref(codec);
		return rc;
	}
	return zf_fail(op, EINVAL, "%s: no codec '%s' is known by its name alone: give its JSON", key,
		zf_json_show(given, show));
}

int zf_codec_form(struct zf_op *op, int zarr_format, const char *key, const json_t *given, uint32_t itemsize,
	json_t **out)
{
	size_t len;

	if (json_is_object(given))
		return form_object(op, zarr_format, key, given, itemsize, out);
	if (zf_json_string(given, &len))
		return form_name(op, zarr_format, key, given, itemsize, out);
	return zf_fail(op, EINVAL, "%s: expected a name or an object, found %s", key, zf_json_kind(given));
}
