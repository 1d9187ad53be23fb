/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing headers.
 */
#include "tool/fail.h"
#include "tool/header.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A type of NumPy, without its byte order, in the words of each kind; NULL: it has none. */
static const struct words {
	const char *type, *envi, *nrrd, *meta;
} types[] = {
	{ "b1", "1", "uchar", "MET_UCHAR" },
	{ "u1", "1", "uchar", "MET_UCHAR" },
	{ "i1", NULL, "int8", "MET_CHAR" },
	{ "i2", "2", "int16", "MET_SHORT" },
	{ "u2", "12", "uint16", "MET_USHORT" },
	{ "i4", "3", "int32", "MET_INT" },
	{ "u4", "13", "uint32", "MET_UINT" },
	{ "i8", "14", "int64", "MET_LONG_LONG" },
	{ "u8", "15", "uint64", "MET_ULONG_LONG" },
	{ "f4", "4", "float", "MET_FLOAT" },
	{ "f8", "5", "double", "MET_DOUBLE" },
	{ "c8", "6", NULL, NULL },
	{ "c16", "9", NULL, NULL },
};

static const struct words *find_type(const char *dtype)
{
	size_t n = strlen(dtype);

	for (size_t i = 0; n > 3 && dtype[0] == '"' && i < sizeof types / sizeof *types; i++)
		if (strlen(types[i].type) == n - 3 && strncmp(types[i].type, dtype + 2, n - 3) == 0)
			return &types[i];
	return NULL;
}

static int make_envi(FILE *to, const char *type, bool big, unsigned ndim, const uint64_t *shape)
{
	uint64_t bands = ndim > 2 ? shape[0] : 1, lines = ndim > 1 ? shape[ndim - 2] : 1;

	if (ndim < 1 || ndim > 3)
		return -1;
	fprintf(to,
		"ENVI\nsamples = %" PRIu64 "\nlines = %" PRIu64 "\nbands = %" PRIu64
		"\nheader offset = 0\nfile type = ENVI Standard\ndata type = %s\ninterleave = bsq\nbyte "
		"order = %d\n",
		shape[ndim - 1], lines, bands, type, big);
	return 0;
}

static void print_sizes(FILE *to, unsigned ndim, const uint64_t *shape)
{
	for (unsigned i = ndim; i-- > 0;)
		fprintf(to, "%" PRIu64 "%s", shape[i], i ? " " : "\n");
}

static int make_nrrd(
	FILE *to, const char *type, bool big, unsigned ndim, const uint64_t *shape, const char *data)
{
	if (ndim < 1 || ndim > 16)
		return -1;
	fprintf(to, "NRRD0004\ntype: %s\ndimension: %u\nsizes: ", type, ndim);
	print_sizes(to, ndim, shape);
	fprintf(to, "encoding: raw\nendian: %s\ndata file: %s\n", big ? "big" : "little", data);
	return 0;
}

static int make_meta(
	FILE *to, const char *type, bool big, unsigned ndim, const uint64_t *shape, const char *data)
{
	if (ndim < 1 || ndim > 10)
		return -1;
	fprintf(to,
		"ObjectType = Image\nNDims = %u\nBinaryData = True\nBinaryDataByteOrderMSB = %s\nDimSize = ",
		ndim, big ? "True" : "False");
	print_sizes(to, ndim, shape);
	fprintf(to, "ElementType = %s\nElementDataFile = %s\n", type, data);
	return 0;
}

int header_make(struct tool *tool, const char *kind, const char *dtype, unsigned ndim, const uint64_t *shape,
	const char *data, char **out, const char **ending)
{
	const struct words *words = find_type(dtype);
	bool envi = strcmp(kind, "envi") == 0, nrrd = strcmp(kind, "nrrd") == 0, big = dtype[1] == '>';
	const char *type = !words ? NULL : envi ? words->envi : nrrd ? words->nrrd : words->meta;
	size_t len;
	FILE *to;
	int result;

	if (!type)
		return tool_fail(tool, EOPNOTSUPP, "%s has no data type %s", kind, dtype);
	to = open_memstream(out, &len);
	if (!to)
		return tool_fail(tool, ENOMEM, "out of memory");
	if (envi)
		result = make_envi(to, type, big, ndim, shape);
	else if (nrrd)
		result = make_nrrd(to, type, big, ndim, shape, data);
	else
		result = make_meta(to, type, big, ndim, shape, data);
	fclose(to);
	*ending = envi ? ".hdr" : nrrd ? ".nhdr" : ".mhd";
	if (result == 0)
		return 0;
	free(*out);
	return tool_fail(tool, EOPNOTSUPP, "%s cannot have %u dimensions", kind, ndim);
}
