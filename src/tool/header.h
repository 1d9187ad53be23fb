/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Headers that tell what raw bytes are: ENVI (.hdr), NRRD (.nhdr; .nrrd with the data behind it), MetaImage
 * (.mhd; .mha).
 *
 * Their shapes count from the fastest dimension; here, as everywhere, the slowest comes first.
 */
#ifndef ZARRTOOL_HEADER_H
#define ZARRTOOL_HEADER_H

#include "tool/tool.h"

enum interleave { INTERLEAVE_NONE, INTERLEAVE_LINES, INTERLEAVE_PIXELS }; /* ENVI's bsq, bil, bip */

struct header {
	char dtype[8]; /* NumPy's: "<f4" */
	unsigned itemsize;
	unsigned ndim;
	uint64_t shape[ZF_NODE_DIMS]; /* of the array: bands first, however they are interleaved */
	enum interleave interleave;
	uint64_t offset; /* of the data in their file */
	char *data;      /* name of that file; owned */
};

/* Whether a file's name is that of a header. */
bool header_is(const char *file);

/* The header that lies beside a raw file, "x.hdr" or "x.raw.hdr" of "x.raw": new, free(); NULL: there is
 * none. */
char *header_beside(const char *file);

/* Reads one. New: header_free(). 0, or -1 with tool->op set: EINVAL "x.hdr: ..." for what is wrong in it,
 * EOPNOTSUPP for what is right but not known here (compressed data). */
int header_read(struct tool *tool, const char *file, struct header *out);
void header_free(struct header *header);

/* The text of a header of a kind, "envi", "nrrd" or "mhd", for C-ordered data in `data`: new, free(). EINVAL:
 * the kind is unknown; EOPNOTSUPP: it has no such type or shape. dtype as of zf_node_dtype(). *ending is what
 * the name of the header's file ends in; static. */
int header_make(struct tool *tool, const char *kind, const char *dtype, unsigned ndim, const uint64_t *shape,
	const char *data, char **out, const char **ending);

#endif
