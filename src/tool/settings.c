/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of new arrays. What they mean is the library's to say; attributes are put together here.
 */
#include "tool/settings.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Whether a text is JSON, Python's numbers included. */
static bool is_json(const char *text)
{
	static const char *const numbers[] = { "NaN", "Infinity", "-Infinity" };
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
	bool is = value != NULL;

	json_decref(value);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		is |= strcmp(text, numbers[i]) == 0;
	return is;
}

/* A text as a JSON string: new, NULL where it is not in UTF-8. */
static char *quote(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);
	char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	json_decref(value);
	return quoted;
}

static int add_attribute(const struct tool *tool, const char *text, FILE *to, bool first)
{
	const char *equals = strchr(text, '=');
	char *key, *value;
	int result = -1;

	if (!equals || equals == text) {
		tool_wrong(tool, "--attr: '%s' is not KEY=VALUE", text);
		return -1;
	}
	key = quote(text, (size_t)(equals - text));
	value = is_json(equals + 1) ? strdup(equals + 1) : quote(equals + 1, strlen(equals + 1));
	if (key && value) {
		fprintf(to, "%s%s: %s", first ? "" : ", ", key, value);
		result = 0;
	} else {
		tool_wrong(tool, "--attr: '%s' is not in UTF-8", text);
	}
	free(key);
	free(value);
	return result;
}

static int read_attributes(struct tool *tool, const struct args *args, struct settings *out)
{
	unsigned next = 0;
	const char *text;
	size_t len;
	FILE *to;
	int result = 0;

	if (!args_has(args, "attr"))
		return 0;
	to = open_memstream(&out->attributes, &len);
	if (!to) {
		tool_say(tool, "%s", strerror(errno));
		return -1;
	}
	fputc('{', to);
	for (bool first = true; result == 0 && (text = args_next(args, "attr", &next)); first = false)
		result = add_attribute(tool, text, to, first);
	fputc('}', to);
	fclose(to);
	out->values.attributes = out->attributes;
	return result;
}

/* One of two letters; NULL: not given. */
static int read_letter(
	const struct tool *tool, const struct args *args, const char *name, const char *letters, char *out)
{
	const char *value = args_value(args, name);

	if (!value)
		return 0;
	if (!value[0] || value[1] || !strchr(letters, value[0])) {
		tool_wrong(tool, "--%s: '%s' is neither %c nor %c", name, value, letters[0], letters[1]);
		return -1;
	}
	*out = value[0];
	return 0;
}

int settings_read(struct tool *tool, const struct args *args, struct settings *out)
{
	uint64_t format = 0;
	struct zf_new *values = &out->values;

	memset(out, 0, sizeof *out);
	values->shape = args_value(args, "shape");
	values->dtype = args_value(args, "dtype");
	values->chunks = args_value(args, "chunks");
	values->shards = args_value(args, "shards");
	values->compressor = args_value(args, "compressor");
	values->filters = args_value(args, "filters");
	values->codecs = args_value(args, "codecs");
	values->fill_value = args_value(args, "fill");
	values->dimension_names = args_value(args, "dimension-names");
	if (args_number(tool, args, "format", 2, 3, &format) < 0 ||
		read_letter(tool, args, "order", "CF", &values->order) < 0 ||
		read_letter(tool, args, "separator", "./", &values->separator) < 0 ||
		read_attributes(tool, args, out) < 0) {
		settings_free(out);
		return -1;
	}
	values->zarr_format = (int)format;
	out->any_storage = values->chunks || values->shards || values->compressor || values->filters ||
			   values->codecs || values->order || values->separator;
	return 0;
}

void settings_free(struct settings *settings)
{
	free(settings->attributes);
	settings->attributes = NULL;
}

int settings_sizes(const struct tool *tool, const char *what, const char *text, unsigned *ndim,
	uint64_t sizes[static ZF_NODE_DIMS])
{
	const char *at = text;
	unsigned n = 0;

	while (*at) {
		unsigned long long size;
		char *end;

		errno = 0;
		size = isdigit((unsigned char)*at) ? strtoull(at, &end, 10) : 0;
		if (!isdigit((unsigned char)*at) || errno || size > INT64_MAX || n == ZF_NODE_DIMS ||
			(*end && ((*end != ',' && *end != 'x') || !end[1]))) {
			tool_wrong(tool, "%s: '%s' is no list of sizes", what, text);
			return -1;
		}
		sizes[n++] = size;
		at = end + (*end != '\0');
	}
	*ndim = n;
	return 0;
}
