/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading headers: all three are lines of "KEY = VALUE" or "KEY: VALUE", whose keys are looked up in a table
 * of their kind. What is not in the table says nothing about the bytes.
 */
#include "tool/header.h"
#include "tool/fail.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { HEADER_MOST = 1 << 20 }; /* bytes that are read of a header */

struct reading {
	struct tool *tool;
	const char *file;
	struct header *out;
	bool big, compressed, attached, has_type, has_order;
	uint64_t end; /* bytes of the header, where data follow */
	uint64_t samples, lines, bands, channels;
};

static int wrong(struct reading *r, const char *key, const char *value)
{
	return tool_fail(r->tool, EINVAL, "%s: %s: '%.60s' is not understood", r->file, key, value);
}

/* ---- values ---- */

static int number(struct reading *r, const char *key, const char *value, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(value, &end, 10);
	end += strspn(end, " \t");
	if (!isdigit((unsigned char)*value) || errno || *end || *out > INT64_MAX)
		return wrong(r, key, value);
	return 0;
}

/* Sizes, the fastest dimension first, turned round. */
static int sizes(struct reading *r, const char *key, const char *value)
{
	struct header *h = r->out;
	const char *at = value;
	unsigned n = 0;

	while (*at) {
		char *end;

		errno = 0;
		if (n == ZF_NODE_DIMS - 1 || !isdigit((unsigned char)*at))
			return wrong(r, key, value);
		h->shape[n++] = strtoull(at, &end, 10);
		if (errno || h->shape[n - 1] > INT64_MAX)
			return wrong(r, key, value);
		at = end + strspn(end, " \t");
	}
	h->ndim = n;
	for (unsigned i = 0; i < n / 2; i++) {
		uint64_t size = h->shape[i];

		h->shape[i] = h->shape[n - 1 - i];
		h->shape[n - 1 - i] = size;
	}
	return 0;
}

static int set_type(struct reading *r, char kind, unsigned itemsize)
{
	snprintf(r->out->dtype, sizeof r->out->dtype, "%c%c%u", itemsize == 1 ? '|' : '<', kind, itemsize);
	r->out->itemsize = itemsize;
	r->has_type = true;
	return 0;
}

struct type {
	const char *name;
	char kind;
	unsigned itemsize;
};

static int named_type(struct reading *r, const struct type *types, const char *key, const char *value)
{
	for (; types->name; types++)
		if (strcasecmp(types->name, value) == 0)
			return set_type(r, types->kind, types->itemsize);
	return wrong(r, key, value);
}

static int set_data(struct reading *r, const char *value)
{
	const char *slash = strrchr(r->file, '/');
	int n;

	free(r->out->data);
	r->out->data = NULL;
	if (*value == '/' || !slash)
		n = asprintf(&r->out->data, "%s", value);
	else
		n = asprintf(&r->out->data, "%.*s/%s", (int)(slash - r->file), r->file, value);
	if (n >= 0)
		return 0;
	r->out->data = NULL;
	return tool_fail(r->tool, ENOMEM, "out of memory");
}

/* ---- ENVI ---- */

static int envi_type(struct reading *r, const char *key, const char *value)
{
	static const struct type types[] = { { "1", 'u', 1 }, { "2", 'i', 2 }, { "3", 'i', 4 },
		{ "4", 'f', 4 }, { "5", 'f', 8 }, { "6", 'c', 8 }, { "9", 'c', 16 }, { "12", 'u', 2 },
		{ "13", 'u', 4 }, { "14", 'i', 8 }, { "15", 'u', 8 }, { NULL, 0, 0 } };

	return named_type(r, types, key, value);
}

static int envi(struct reading *r, const char *key, const char *value)
{
	uint64_t order;

	if (strcasecmp(key, "samples") == 0)
		return number(r, key, value, &r->samples);
	if (strcasecmp(key, "lines") == 0)
		return number(r, key, value, &r->lines);
	if (strcasecmp(key, "bands") == 0)
		return number(r, key, value, &r->bands);
	if (strcasecmp(key, "header offset") == 0)
		return number(r, key, value, &r->out->offset);
	if (strcasecmp(key, "data type") == 0)
		return envi_type(r, key, value);
	if (strcasecmp(key, "file compression") == 0 && strcmp(value, "0") != 0)
		r->compressed = true;
	if (strcasecmp(key, "byte order") == 0) {
		if (number(r, key, value, &order) < 0 || order > 1)
			return wrong(r, key, value);
		r->big = order == 1;
	}
	if (strcasecmp(key, "interleave") == 0) {
		if (strcasecmp(value, "bsq") != 0 && strcasecmp(value, "bil") != 0 &&
			strcasecmp(value, "bip") != 0)
			return wrong(r, key, value);
		r->out->interleave = strcasecmp(value, "bil") == 0   ? INTERLEAVE_LINES
				     : strcasecmp(value, "bip") == 0 ? INTERLEAVE_PIXELS
								     : INTERLEAVE_NONE;
	}
	return 0;
}

/* The file beside an ENVI header that is there: without the ending, or with one that is usual. */
static int envi_data(struct reading *r)
{
	static const char *const endings[] = { "", ".img", ".dat", ".raw", ".bin", ".bsq", ".bil", ".bip",
		".envi" };
	size_t stem = strlen(r->file) - 4;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		free(r->out->data);
		if (asprintf(&r->out->data, "%.*s%s", (int)stem, r->file, endings[i]) < 0) {
			r->out->data = NULL;
			return tool_fail(r->tool, ENOMEM, "out of memory");
		}
		if (access(r->out->data, F_OK) == 0)
			return 0;
	}
	return tool_fail(r->tool, ENOENT, "%s: there is no raw file beside it", r->file);
}

static int envi_end(struct reading *r)
{
	struct header *h = r->out;

	if (!r->samples || !r->lines || !r->has_type)
		return tool_fail(r->tool, EINVAL, "%s: samples, lines or data type is missing", r->file);
	h->ndim = 0;
	if (r->bands != 1)
		h->shape[h->ndim++] = r->bands;
	else
		h->interleave = INTERLEAVE_NONE;
	h->shape[h->ndim++] = r->lines;
	h->shape[h->ndim++] = r->samples;
	return h->data ? 0 : envi_data(r);
}

/* ---- NRRD ---- */

static int nrrd_type(struct reading *r, const char *key, const char *value)
{
	static const struct type types[] = { { "signed char", 'i', 1 }, { "int8", 'i', 1 },
		{ "int8_t", 'i', 1 }, { "uchar", 'u', 1 }, { "unsigned char", 'u', 1 }, { "uint8", 'u', 1 },
		{ "uint8_t", 'u', 1 }, { "short", 'i', 2 }, { "short int", 'i', 2 }, { "int16", 'i', 2 },
		{ "int16_t", 'i', 2 }, { "ushort", 'u', 2 }, { "unsigned short", 'u', 2 },
		{ "uint16", 'u', 2 }, { "uint16_t", 'u', 2 }, { "int", 'i', 4 }, { "signed int", 'i', 4 },
		{ "int32", 'i', 4 }, { "int32_t", 'i', 4 }, { "uint", 'u', 4 }, { "unsigned int", 'u', 4 },
		{ "uint32", 'u', 4 }, { "uint32_t", 'u', 4 }, { "longlong", 'i', 8 }, { "long long", 'i', 8 },
		{ "int64", 'i', 8 }, { "int64_t", 'i', 8 }, { "ulonglong", 'u', 8 },
		{ "unsigned long long", 'u', 8 }, { "uint64", 'u', 8 }, { "uint64_t", 'u', 8 },
		{ "float", 'f', 4 }, { "double", 'f', 8 }, { NULL, 0, 0 } };

	return named_type(r, types, key, value);
}

static int nrrd(struct reading *r, const char *key, const char *value)
{
	uint64_t skip;

	if (strcasecmp(key, "type") == 0)
		return nrrd_type(r, key, value);
	if (strcasecmp(key, "sizes") == 0)
		return sizes(r, key, value);
	if (strcasecmp(key, "endian") == 0) {
		r->has_order = true;
		r->big = strcasecmp(value, "big") == 0;
		return r->big || strcasecmp(value, "little") == 0 ? 0 : wrong(r, key, value);
	}
	if (strcasecmp(key, "encoding") == 0)
		r->compressed = strcasecmp(value, "raw") != 0;
	if (strcasecmp(key, "byte skip") == 0 || strcasecmp(key, "byteskip") == 0)
		return number(r, key, value, &r->out->offset);
	if ((strcasecmp(key, "line skip") == 0 || strcasecmp(key, "lineskip") == 0) &&
		(number(r, key, value, &skip) < 0 || skip > 0))
		return wrong(r, key, value);
	if (strcasecmp(key, "data file") == 0 || strcasecmp(key, "datafile") == 0)
		return strchr(value, '%') || strncasecmp(value, "LIST", 4) == 0 ? wrong(r, key, value)
										: set_data(r, value);
	return 0;
}

/* ---- MetaImage ---- */

static int meta_type(struct reading *r, const char *key, const char *value)
{
	static const struct type types[] = { { "MET_CHAR", 'i', 1 }, { "MET_UCHAR", 'u', 1 },
		{ "MET_SHORT", 'i', 2 }, { "MET_USHORT", 'u', 2 }, { "MET_INT", 'i', 4 },
		{ "MET_UINT", 'u', 4 }, { "MET_LONG_LONG", 'i', 8 }, { "MET_ULONG_LONG", 'u', 8 },
		{ "MET_FLOAT", 'f', 4 }, { "MET_DOUBLE", 'f', 8 }, { NULL, 0, 0 } };

	return named_type(r, types, key, value);
}

static int meta(struct reading *r, const char *key, const char *value)
{
	if (strcasecmp(key, "DimSize") == 0)
		return sizes(r, key, value);
	if (strcasecmp(key, "ElementType") == 0)
		return meta_type(r, key, value);
	if (strcasecmp(key, "ElementByteOrderMSB") == 0 || strcasecmp(key, "BinaryDataByteOrderMSB") == 0)
		r->big = strcasecmp(value, "True") == 0;
	if (strcasecmp(key, "CompressedData") == 0)
		r->compressed = strcasecmp(value, "True") == 0;
	if (strcasecmp(key, "ElementNumberOfChannels") == 0)
		return number(r, key, value, &r->channels);
	if (strcasecmp(key, "HeaderSize") == 0)
		return number(r, key, value, &r->out->offset);
	if (strcasecmp(key, "ElementDataFile") != 0)
		return 0;
	r->attached = strcasecmp(value, "LOCAL") == 0;
	if (r->attached)
		return 0;
	return strchr(value, '%') || strcasecmp(value, "LIST") == 0 ? wrong(r, key, value)
								    : set_data(r, value);
}

/* ---- lines ---- */

static char *strip(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
	return text;
}

static bool has_ending(const char *file, const char *ending)
{
	size_t n = strlen(file), m = strlen(ending);

	return n > m && strcasecmp(file + n - m, ending) == 0;
}

/* A line of any of them. *end: the header ends with it, and data follow. */
static int read_line(struct reading *r, char *line, bool is_nrrd, bool is_envi, bool *end)
{
	char *colon = strchr(line, is_nrrd ? ':' : '='), *key, *value;
	int result;

	if (is_nrrd && !*strip(line))
		*end = r->attached = !r->out->data;
	if (*line == '#' || *line == ';' || !colon || (is_nrrd && colon[1] == '='))
		return 0;
	*colon = '\0';
	key = strip(line);
	value = strip(colon + 1);
	result = is_nrrd ? nrrd(r, key, value) : is_envi ? envi(r, key, value) : meta(r, key, value);
	*end = *end || (!is_nrrd && !is_envi && r->attached);
	return result;
}

static int read_lines(struct reading *r, FILE *from)
{
	bool is_nrrd = has_ending(r->file, ".nrrd") || has_ending(r->file, ".nhdr"),
	     is_envi = has_ending(r->file, ".hdr"), end = false;
	char line[4096];
	int result = 0;

	for (bool first = true; result == 0 && !end && fgets(line, sizeof line, from); first = false) {
		if (first && (is_nrrd ? strncmp(line, "NRRD000", 7) != 0
				      : is_envi && strncmp(line, "ENVI", 4) != 0))
			return tool_fail(r->tool, EINVAL, "%s: is no header of that kind", r->file);
		if (ftell(from) > HEADER_MOST)
			return tool_fail(r->tool, EINVAL, "%s: is too long for a header", r->file);
		result = read_line(r, line, is_nrrd, is_envi, &end);
	}
	r->end = (uint64_t)ftell(from);
	if (ferror(from))
		return tool_fail(r->tool, errno, "%s: %s", r->file, strerror(errno));
	if (result == 0 && is_envi)
		return envi_end(r);
	return result;
}

static int finish(struct reading *r)
{
	struct header *h = r->out;

	if (r->compressed)
		return tool_fail(
			r->tool, EOPNOTSUPP, "%s: compressed or encoded data cannot be imported", r->file);
	if (!r->has_type || h->ndim == 0)
		return tool_fail(r->tool, EINVAL, "%s: the type or the sizes are missing", r->file);
	if (!h->data && !r->attached)
		return tool_fail(r->tool, EINVAL, "%s: does not say where the data are", r->file);
	if (r->channels > 1)
		h->shape[h->ndim++] = r->channels;
	if (r->big && h->itemsize > 1)
		h->dtype[0] = '>';
	if (h->data)
		return 0;
	h->offset += r->end;
	h->data = strdup(r->file);
	return h->data ? 0 : tool_fail(r->tool, ENOMEM, "out of memory");
}

int header_read(struct tool *tool, const char *file, struct header *out)
{
	struct reading r = { .tool = tool, .file = file, .out = out, .bands = 1 };
	FILE *from = fopen(file, "re");
	int result;

	memset(out, 0, sizeof *out);
	if (!from)
		return tool_fail(tool, errno, "%s: %s", file, strerror(errno));
	result = read_lines(&r, from);
	fclose(from);
	if (result == 0)
		result = finish(&r);
	if (result < 0)
		header_free(out);
	return result;
}

void header_free(struct header *header)
{
	free(header->data);
	header->data = NULL;
}

bool header_is(const char *file)
{
	static const char *const endings[] = { ".hdr", ".nhdr", ".nrrd", ".mhd", ".mha" };

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (has_ending(file, endings[i]))
			return true;
	return false;
}

char *header_beside(const char *file)
{
	const char *slash = strrchr(file, '/'), *dot = strrchr(slash ? slash : file, '.');
	char *name;

	for (int whole = 0; whole < 2; whole++) {
		int n = whole || !dot ? (int)strlen(file) : (int)(dot - file);

		if (asprintf(&name, "%.*s.hdr", n, file) < 0)
			return NULL;
		if (access(name, R_OK) == 0)
			return name;
		free(name);
	}
	return NULL;
}
