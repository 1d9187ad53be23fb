/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codecs: from a chunk's elements to the bytes that are stored, and back.
 *
 * Names, configurations and the order of a chain are those of Zarr v3 (zarr-specs, "Codecs"): array ->
 * array codecs, then one array -> bytes codec, then bytes -> bytes codecs. Those of v2 come here under the
 * name "numcodecs.ID". Each codec is one file with a const struct zf_codec_type; codec.c lists them.
 *
 * bind() checks a configuration once, against what will flow into the codec, and gives an immutable bound
 * codec that any number of threads may use at once. What a thread needs meanwhile (contexts, buffers) is
 * in the struct zf_scratch that it brings along.
 */
#ifndef ZF_CODEC_CODEC_H
#define ZF_CODEC_CODEC_H

#include "base/limits.h"
#include "base/op.h"
#include "base/out.h"
#include "base/spec.h"

#include <jansson.h>

enum zf_codec_kind { ZF_ARRAY_ARRAY, ZF_ARRAY_BYTES, ZF_BYTES_BYTES };

/* What a worker brings: reusable memory. Not shared. Opaque parts are made on first use. */
struct zf_scratch;
struct zf_scratch *zf_scratch_new(void); /* new; NULL when memory is out */
void zf_scratch_free(struct zf_scratch *scratch);

/* Gives back big buffers, keeping at most `keep` bytes in all. */
void zf_scratch_trim(struct zf_scratch *scratch, size_t keep);

struct zf_codec;

/* The encoded bytes of one chunk, read piecewise. size is known. */
struct zf_reader {
	uint64_t size;
	/* Exactly len bytes at offset (within size) into dst; anything else is an error. */
	int (*read)(struct zf_reader *, struct zf_op *, void *dst, size_t len, uint64_t offset);
};

struct zf_codec_type {
	const char *const *names; /* NULL-terminated; the first is the one for messages */
	enum zf_codec_kind kind;
	bool wants_array; /* after_bytes too: bound to the array where the bytes are still its elements */
	bool after_bytes; /* may also come after the array -> bytes codec, as bytes -> bytes: v2's filters do,
			   * and see in.kind 0 */
	bool texts; /* takes elements that vary in length (in.kind 'O'): see codec/text.h. Others never see
		     * such */
	const struct zf_codec_type *of_texts; /* the type that takes this one's place for them; or NULL */

	/* Checks the configuration (borrowed, may be NULL) against `in` and fills *codec (which has type and
	 * in set already) and codec->out. EINVAL for a broken configuration, EOPNOTSUPP for one not
	 * implemented. */
	int (*bind)(struct zf_op *, const json_t *configuration, struct zf_codec *codec);

	/* Appends the decoded form of src to out. in.size bytes must come out where that is known; where it
	 * is not, out.limit bounds them. EIO when src is damaged, saying how. */
	int (*decode)(const struct zf_codec *, struct zf_op *, struct zf_scratch *, const void *src,
		size_t len, struct zf_out *out);

	/* Appends the encoded form of src, which is in.size bytes where that is known. NULL:
	 * cannot encode. */
	int (*encode)(const struct zf_codec *, struct zf_op *, struct zf_scratch *, const void *src,
		size_t len, struct zf_out *out);

	/* Decodes len bytes where they are: for codecs that change neither their number nor, beyond what a
	 * part of whole elements holds, their meaning. May be NULL. */
	void (*decode_here)(const struct zf_codec *, void *data, size_t len);

	/* For bytes -> bytes codecs that can decode a part, both or none:
	 * grain: the size (of decoded bytes) of the parts that this value can be decoded in, 0 for none;
	 * decode_range: decoded bytes [from, from + len) into dst, reading only what they need. */
	int (*grain)(const struct zf_codec *, struct zf_op *, struct zf_reader *, size_t *out);
	int (*decode_range)(const struct zf_codec *, struct zf_op *, struct zf_scratch *, struct zf_reader *,
		void *dst, size_t len, uint64_t from);

	void (*free)(struct zf_codec *); /* of codec->state; may be NULL */
};

/* A bound codec. */
struct zf_codec {
	const struct zf_codec_type *type;
	struct zf_spec in;  /* on the decoded side */
	struct zf_spec out; /* on the encoded side. After the array -> bytes codec `itemsize` is still that of
			     * the elements: a hint for codecs that shuffle */
	bool identity;      /* set by bind: the bytes pass as they are, so that nobody need call this codec */
	void *state;        /* the type's own; owned */
};

/* The type of a name, borrowed; NULL when there is none. */
const struct zf_codec_type *zf_codec_find(const char *name);

#endif
