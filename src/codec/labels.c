/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * categorize of objects (numcodecs "categorize" with dtype "O"): elements stored as the numbers of their
 * labels, from 1 on; 0, and numbers without a label, are the empty string.
 */
#include "base/json_mark.h"
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/text.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.categorize", NULL };

struct labels {
	struct zf_elem enc;
	struct zf_out text; /* of all of them, the empty string first */
	size_t count;       /* the empty string included */
	struct zf_text *label;
};

static void labels_free(struct zf_codec *codec)
{
	struct labels *state = codec->state;

	if (!state)
		return;
	zf_out_free(&state->text);
	free(state->label);
	free(state);
}

static int add(struct zf_op *op, struct labels *state, const char *s, size_t len)
{
	struct zf_text *label = &state->label[state->count++];

	label->offset = state->text.len;
	if (zf_text_string(&state->text, op, s, len) < 0)
		return -1;
	label->len = state->text.len - label->offset;
	return 0;
}

static int labels_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const struct zf_elem byte = { .kind = 'u', .size = 1 };
	const json_t *list = zf_param(configuration, "labels");
	struct labels *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->text.limit = SIZE_MAX / 2;
	if (zf_elem_param(op, configuration, "astype", &byte, &state->enc) < 0)
		return -1;
	if (state->enc.kind != 'i' && state->enc.kind != 'u')
		return zf_fail(op, EOPNOTSUPP, "astype: not an integer type");
	if (!json_is_array(list))
		return zf_fail(op, EINVAL, list ? "labels: not a list" : "labels: missing");
	state->label = calloc(json_array_size(list) + 1, sizeof *state->label);
	if (!state->label)
		return zf_nomem(op, json_array_size(list) * sizeof *state->label);
	if (add(op, state, "", 0) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *value = json_array_get(list, i);
		const char *s = json_string_value(value);
		size_t len = json_string_length(value);

		if (!s || (len == 1 && *s == ZF_JSON_MARK) || (*s == ZF_JSON_MARK && s[1] != ZF_JSON_MARK))
			return zf_fail(op, EINVAL, "labels: not a list of strings");
		if (add(op, state, s + (*s == ZF_JSON_MARK), len - (*s == ZF_JSON_MARK)) < 0)
			return -1;
	}
	return zf_text_bind(op, codec);
}

static int labels_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct labels *state = codec->state;
	uint64_t n = zf_text_count(codec);
	struct zf_out *texts = zf_texts(scratch, op);
	struct zf_text *to;
	struct zf_wide wide;
	size_t base;

	if (!texts)
		return -1;
	if (len % state->enc.size || len / state->enc.size != n)
		return zf_fail(
			op, EIO, "value has %zu bytes, should have %ju", len, (uintmax_t)n * state->enc.size);
	base = texts->len; /* all of them once: elements share them */
	if (zf_out_append(texts, op, state->text.data, state->text.len) < 0)
		return -1;
	to = zf_text_room(codec, op, out);
	for (uint64_t i = 0; to && i < n; i++) {
		size_t k = i % ZF_WIDE;

		if (k == 0)
			zf_elem_load(&wide, (const uint8_t *)src + i * state->enc.size, &state->enc,
				n - i < ZF_WIDE ? (size_t)(n - i) : ZF_WIDE);
		to[i] = state->label[wide.u[k] < state->count ? wide.u[k] : 0];
		to[i].offset += base;
	}
	return to ? 0 : -1;
}

const struct zf_codec_type zf_codec_labels = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = labels_bind,
	.decode = labels_decode,
	.free = labels_free,
};
