/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * categorize (numcodecs "categorize"): strings of fixed size stored as the numbers of their labels, from 1
 * on; 0, and numbers without a label, are the empty string.
 */
#include "codec/elem.h"
#include "base/json_mark.h"
#include "codec/params.h"
#include "codec/types.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "numcodecs.categorize", NULL };

struct label {
	uint32_t *text; /* characters, as they lie in the array; owned */
	size_t len;     /* their number: at most those of an element */
	bool cut;       /* it had more, so no element is equal to it */
};

struct categorize {
	size_t chars; /* of an element */
	bool big;
	struct zf_elem enc;
	size_t count;
	struct label *labels;
	uint8_t fill[8];
};

static void categorize_free(struct zf_codec *codec)
{
	struct categorize *state = codec->state;

	for (size_t i = 0; state && i < state->count; i++)
		free(state->labels[i].text);
	if (state)
		free(state->labels);
	free(state);
}

/* The next character of valid UTF-8, which jansson has seen to. */
static uint32_t next_char(const uint8_t **p, const uint8_t *end)
{
	static const uint8_t marks[] = { 0x7f, 0x7f, 0x1f, 0x0f, 0x07 };
	uint8_t c = *(*p)++;
	unsigned more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	uint32_t v = more ? c & marks[more + 1] : c;

	for (; more && *p < end; more--)
		v = v << 6 | (*(*p)++ & 0x3f);
	return v;
}

static int read_label(
	struct zf_op *op, const json_t *value, const struct categorize *state, struct label *out)
{
	const uint8_t *p = (const uint8_t *)json_string_value(value), *end;
	size_t room;

	if (!p)
		return zf_fail(op, EINVAL, "labels: not a list of strings");
	end = p + json_string_length(value);
	if (end - p >= 2 && p[0] == ZF_JSON_MARK)
		p++; /* a string that begins with the mark has it twice */
	room = (size_t)(end - p) < state->chars ? (size_t)(end - p) : state->chars;
	out->text = malloc((room ? room : 1) * sizeof *out->text);
	if (!out->text)
		return zf_nomem(op, room * sizeof *out->text);
	while (p < end && out->len < state->chars) {
		uint32_t c = next_char(&p, end);

		out->text[out->len++] = state->big ? htobe32(c) : htole32(c);
	}
	out->cut = p < end;
	while (!out->cut && out->len && out->text[out->len - 1] == 0)
		out->len--; /* NumPy's strings end before their last zeros */
	return 0;
}

static int read_labels(struct zf_op *op, const json_t *list, struct categorize *state)
{
	size_t count = json_array_size(list);
	unsigned bits = 8u * state->enc.size - (state->enc.kind == 'i');

	if (!json_is_array(list))
		return zf_fail(op, EINVAL, list ? "labels: not a list" : "labels: missing");
	if (count > UINT64_MAX >> (64 - bits))
		return zf_fail(op, EINVAL, "labels: more than astype has numbers for");
	state->labels = calloc(count ? count : 1, sizeof *state->labels);
	if (!state->labels)
		return zf_nomem(op, count * sizeof *state->labels);
	state->count = count;
	for (size_t i = 0; i < count; i++)
		if (read_label(op, json_array_get(list, i), state, &state->labels[i]) < 0)
			return -1;
	return 0;
}

/* "<U4" */
static int read_dtype(struct zf_op *op, const json_t *value, struct categorize *state)
{
	const char *name = json_string_value(value);
	size_t chars = 0;

	if (!name)
		return zf_fail(op, EINVAL, value ? "dtype: not a data type" : "dtype: missing");
	state->big = name[0] == '>';
	name += name[0] == '<' || name[0] == '>' || name[0] == '|' || name[0] == '=';
	if (name[0] == 'U')
		for (const char *p = name + 1; *p >= '0' && *p <= '9' && chars <= ZF_MAX_ITEMSIZE; p++)
			chars = chars * 10 + (size_t)(*p - '0');
	if (chars == 0 || chars > ZF_MAX_ITEMSIZE / 4)
		return zf_fail(op, EOPNOTSUPP, "dtype: data type '%.40s' is not supported", name);
	state->chars = chars;
	return 0;
}

static int set_out(struct zf_op *op, struct zf_codec *codec, struct categorize *state)
{
	const struct zf_spec *in = &codec->in;
	size_t item = 4 * state->chars;

	if (in->size != ZF_SIZE_UNKNOWN && in->size % item)
		return zf_fail(op, EINVAL, "chunk has %zu bytes, no multiple of %zu", in->size, item);
	codec->out = in->kind ? *in : (struct zf_spec){ .size = in->size };
	codec->out.itemsize = state->enc.size;
	if (in->size != ZF_SIZE_UNKNOWN)
		codec->out.size = in->size / item * state->enc.size;
	if (!in->kind)
		return 0;
	codec->out.ndim = 1;
	codec->out.shape[0] = in->size / item;
	codec->out.kind = state->enc.kind;
	codec->out.swap = state->enc.size > 1 ? state->enc.size : 0;
	codec->out.big_endian = state->enc.big;
	codec->out.units = NULL;
	codec->out.nunits = 0;
	codec->out.fill = state->fill;
	return 0;
}

static int categorize_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const struct zf_elem byte = { .kind = 'u', .size = 1 };
	struct categorize *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	if (read_dtype(op, zf_param(configuration, "dtype"), state) < 0 ||
		zf_elem_param(op, configuration, "astype", &byte, &state->enc) < 0)
		return -1;
	if (state->enc.kind != 'i' && state->enc.kind != 'u')
		return zf_fail(op, EOPNOTSUPP, "astype: not an integer type");
	if (read_labels(op, zf_param(configuration, "labels"), state) < 0)
		return -1;
	return set_out(op, codec, state);
}

static int categorize_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct categorize *state = codec->state;
	size_t item = 4 * state->chars, n = len / state->enc.size;
	struct zf_wide wide;

	(void)scratch;
	if (len % state->enc.size || (codec->in.size != ZF_SIZE_UNKNOWN && n != codec->in.size / item))
		return zf_fail(op, EIO, "value has %zu bytes, should have %zu", len, codec->out.size);
	if (n > (out->limit - out->len) / item)
		return zf_fail(op, EIO, "value gives more than %zu bytes", out->limit - out->len);
	if (zf_out_reserve(out, op, n * item) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		size_t k = i % ZF_WIDE;
		uint8_t *to = out->data + out->len;

		if (k == 0)
			zf_elem_load(&wide, (const uint8_t *)src + i * state->enc.size, &state->enc,
				n - i < ZF_WIDE ? n - i : ZF_WIDE);
		memset(to, 0, item);
		if (wide.u[k] - 1 < state->count) {
			const struct label *label = &state->labels[wide.u[k] - 1];

			memcpy(to, label->text, 4 * label->len);
		}
		out->len += item;
	}
	return 0;
}

/* The number of an element's label. Of equal ones the last counts, as in numcodecs. */
static uint64_t number_of(const struct categorize *state, const uint8_t *element)
{
	static const uint8_t zeros[4];
	size_t len = state->chars;

	while (len && memcmp(element + 4 * (len - 1), zeros, 4) == 0)
		len--;
	for (size_t i = state->count; i-- > 0;) {
		const struct label *label = &state->labels[i];

		if (label->len == len && !label->cut && memcmp(label->text, element, 4 * len) == 0)
			return i + 1;
	}
	return 0;
}

static int categorize_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct categorize *state = codec->state;
	size_t item = 4 * state->chars, n = len / item;
	struct zf_wide wide = { .kind = 'u' };

	(void)scratch;
	if (len % item)
		return zf_fail(op, EINVAL, "%zu bytes are no multiple of %zu", len, item);
	if (zf_out_reserve(out, op, n * state->enc.size) < 0)
		return -1;
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		for (size_t k = 0; k < some; k++)
			wide.u[k] = number_of(state, (const uint8_t *)src + (at + k) * item);
		zf_elem_store(out->data + out->len, &state->enc, &wide, some);
		out->len += some * state->enc.size;
	}
	return 0;
}

const struct zf_codec_type zf_codec_categorize = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.of_texts = &zf_codec_labels,
	.bind = categorize_bind,
	.decode = categorize_decode,
	.encode = categorize_encode,
	.free = categorize_free,
};
