/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands that make arrays have in common: the options that say what a new array is like.
 */
#ifndef ZARRTOOL_SETTINGS_H
#define ZARRTOOL_SETTINGS_H

#include "tool/args.h"

/* The options, for a command's table: those that say how the elements are stored, */
#define SETTINGS_STORAGE                                                                                     \
	{ 0, "chunks", "N,...", "shape of a chunk" },                                                        \
		{ 0, "shards", "N,...", "shape of a shard (v3); none" },                                     \
		{ 0, "compressor", "CODEC", "none, a codec's name, or JSON" },                               \
		{ 0, "filters", "CODECS", "codecs that come first: a name, or JSON" },                       \
		{ 0, "codecs", "JSON", "the whole chain of codecs (v3)" },                                   \
		{ 0, "order", "C|F", "order of the elements in a chunk" },                                   \
		{ 0, "separator", ".|/", "between the numbers in chunk keys" },                              \
	{                                                                                                    \
		0, "format", "2|3", "version of the format"                                                  \
	}
/* and those that say what they are. */
#define SETTINGS_CONTENT                                                                                     \
	{ 0, "shape", "N,...", "the array's shape" },                                                        \
		{ 0, "dtype", "TYPE", "data type, as <f4 or float32" },                                      \
		{ 0, "fill", "VALUE", "value of what is not written (0)" },                                  \
		{ 0, "dimension-names", "NAME,...", "names of the dimensions (v3)" },                        \
	{                                                                                                    \
		0, "attr", "KEY=VALUE", "an attribute: JSON, else a text; again for more"                    \
	}

struct settings {
	struct zf_new values; /* borrowed from the command line, but: */
	char *attributes;     /* owned */
	bool any_storage;     /* whether there are options of the first kind, besides format */
};

/* Takes them over. 0, or -1: said on stderr. New: settings_free(). */
int settings_read(struct tool *tool, const struct args *args, struct settings *out);
void settings_free(struct settings *settings);

/* "10,20" or "10x20" as sizes. 0, or -1: said on stderr, as of `what`. */
int settings_sizes(const struct tool *tool, const char *what, const char *text, unsigned *ndim,
	uint64_t sizes[static ZF_NODE_DIMS]);

#endif
