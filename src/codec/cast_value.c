/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cast_value (zarr-extensions "cast_value"): each element's value in another data type. A value that is in
 * the scalar map is what that says; one that the other type has stays; else it is rounded, and brought into
 * range if the configuration says how. Everything else is an error.
 *
 * Values are exact until they are rounded: integers in 128 bits, floats in double, which has all of float16
 * and float32.
 */
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/scalar.h"
#include "codec/types.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "cast_value", NULL };

enum rounding { NEAREST_EVEN, TOWARDS_ZERO, TOWARDS_POSITIVE, TOWARDS_NEGATIVE, NEAREST_AWAY };
enum range { REFUSE, CLAMP, WRAP };

/* From one value to another, each in the class of its type. */
struct pair {
	struct zf_scalar from, to;
};

struct map {
	struct pair *pairs; /* owned */
	size_t count;
};

struct cast_value {
	struct zf_elem dec, enc;
	int rounding, range;
	struct map encode, decode;
	uint8_t fill[8];
};

/* ---- one value ---- */

/* value, not negative, in units of 2^exponent, brought to a whole number of them. */
static double round_units(double value, int rounding, bool negative)
{
	switch (rounding) {
	case NEAREST_EVEN:
		return rint(value);
	case TOWARDS_ZERO:
		return floor(value);
	case TOWARDS_POSITIVE:
		return negative ? floor(value) : ceil(value);
	case TOWARDS_NEGATIVE:
		return negative ? ceil(value) : floor(value);
	default:
		return floor(value) + (value - floor(value) >= 0.5);
	}
}

/* The format of a float: bits of precision, and the exponent of the least unit. */
static int precision(unsigned size)
{
	return size == 2 ? 11 : size == 4 ? 24 : 53;
}

static int least_unit(unsigned size)
{
	return size == 2 ? -24 : size == 4 ? -149 : -1074;
}

static double largest(unsigned size)
{
	return size == 2 ? 65504 : size == 4 ? 0x1.fffffep127 : 0x1.fffffffffffffp1023;
}

/* The magnitude of a double, rounded to a float's format as if that had every exponent. */
static double round_real(double value, unsigned size, int rounding)
{
	int exponent, unit;

	if (value == 0 || !isfinite(value) || size == 8)
		return value;
	frexp(value, &exponent);
	unit = exponent - precision(size);
	if (unit < least_unit(size))
		unit = least_unit(size);
	return copysign(
		ldexp(round_units(ldexp(fabs(value), -unit), rounding, signbit(value) != 0), unit), value);
}

/* An integer to the nearest of those with so many bits. */
static double round_whole(__int128 value, unsigned size, int rounding)
{
	bool negative = value < 0;
	unsigned __int128 v = negative ? -(unsigned __int128)value : (unsigned __int128)value, rest, half;
	int drop = 0, bits = precision(size);
	bool up;

	while (v >> drop >> bits)
		drop++;
	if (drop == 0)
		return (double)value;
	rest = v & (((unsigned __int128)1 << drop) - 1);
	half = (unsigned __int128)1 << (drop - 1);
	v >>= drop;
	switch (rounding) {
	case NEAREST_EVEN:
		up = rest > half || (rest == half && (v & 1));
		break;
	case NEAREST_AWAY:
		up = rest >= half;
		break;
	case TOWARDS_ZERO:
		up = false;
		break;
	default:
		up = rest && (rounding == TOWARDS_NEGATIVE) == negative;
	}
	return ldexp(negative ? -(double)(v + up) : (double)(v + up), drop);
}

static bool to_real(const struct cast_value *state, const struct zf_scalar *from, const struct zf_elem *to,
	struct zf_scalar *out)
{
	double value;

	if (from->kind == 'f')
		value = round_real(from->f, to->size, state->rounding);
	else
		value = round_whole(
			from->kind == 'i' ? (__int128)from->i : (__int128)from->u, to->size, state->rounding);
	if (fabs(value) > largest(to->size) && !(from->kind == 'f' && isinf(from->f))) {
		if (state->range != CLAMP)
			return false;
		value = copysign(HUGE_VAL, value);
	}
	out->kind = 'f';
	out->f = value;
	return true;
}

/* A finite double that is whole; far beyond 128 bits only its remainder counts, or that it is far. */
static __int128 whole_of(double value, int range)
{
	if (fabs(value) < 0x1p100)
		return (__int128)value;
	if (range == WRAP) {
		value = fmod(value, 0x1p64);
		return (__int128)value;
	}
	return value < 0 ? -((__int128)1 << 100) : (__int128)1 << 100;
}

static bool to_whole(const struct cast_value *state, const struct zf_scalar *from, const struct zf_elem *to,
	struct zf_scalar *out)
{
	unsigned bits = 8u * to->size - (to->kind == 'i');
	__int128 most = ((__int128)1 << bits) - 1, least = to->kind == 'i' ? -most - 1 : 0, v;

	if (from->kind == 'f') {
		double d = from->f;

		if (!isfinite(d))
			return false;
		d = copysign(round_units(fabs(d), state->rounding, signbit(d) != 0), d);
		v = whole_of(d, state->range);
	} else {
		v = from->kind == 'i' ? (__int128)from->i : (__int128)from->u;
	}
	if (v < least || v > most) {
		if (state->range == REFUSE)
			return false;
		if (state->range == CLAMP)
			v = v < least ? least : most;
	}
	out->kind = to->kind;
	out->u = (uint64_t)v; /* stores cut it to the type: that is the wrap */
	return true;
}

static bool same(const struct zf_scalar *a, const struct zf_scalar *b)
{
	if (a->kind == 'f')
		return a->f == b->f || (isnan(a->f) && isnan(b->f));
	return a->u == b->u;
}

static bool cast(const struct cast_value *state, const struct map *map, const struct zf_scalar *from,
	const struct zf_elem *to, struct zf_scalar *out)
{
	for (size_t i = 0; i < map->count; i++) {
		if (same(&map->pairs[i].from, from)) {
			*out = map->pairs[i].to;
			return true;
		}
	}
	return to->kind == 'f' ? to_real(state, from, to, out) : to_whole(state, from, to, out);
}

/* ---- blocks ---- */

static struct zf_scalar take(const struct zf_wide *wide, size_t k)
{
	struct zf_scalar s = { .kind = wide->kind };

	if (wide->kind == 'f')
		s.f = wide->f[k];
	else
		s.u = wide->u[k];
	return s;
}

static int refuse(struct zf_op *op, const struct zf_scalar *s, const struct zf_elem *to, int err)
{
	if (s->kind == 'i')
		return zf_fail(
			op, err, "%jd does not fit data type %c%u", (intmax_t)s->i, to->kind, to->size);
	if (s->kind == 'u')
		return zf_fail(
			op, err, "%ju does not fit data type %c%u", (uintmax_t)s->u, to->kind, to->size);
	return zf_fail(op, err, "%.17g does not fit data type %c%u", s->f, to->kind, to->size);
}

static int cast_all(const struct cast_value *state, struct zf_op *op, bool decode, const void *src, size_t n,
	struct zf_out *out)
{
	const struct zf_elem *from = decode ? &state->enc : &state->dec;
	const struct zf_elem *to = decode ? &state->dec : &state->enc;
	const struct map *map = decode ? &state->decode : &state->encode;
	struct zf_wide wide;

	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * from->size, from, some);
		for (size_t k = 0; k < some; k++) {
			struct zf_scalar s = take(&wide, k), t;

			if (!cast(state, map, &s, to, &t))
				return refuse(op, &s, to, decode ? EIO : ERANGE);
			if (to->kind == 'f')
				wide.f[k] = t.f;
			else
				wide.u[k] = t.u;
		}
		wide.kind = to->kind;
		zf_elem_store(out->data + out->len, to, &wide, some);
		out->len += some * to->size;
	}
	return 0;
}

/* ---- binding ---- */

static int read_map(struct zf_op *op, const json_t *list, const char *key, const struct zf_elem *from,
	const struct zf_elem *to, struct map *out)
{
	size_t count = json_array_size(list);

	if (!list)
		return 0;
	if (!json_is_array(list))
		return zf_fail(op, EINVAL, "%s: not a list", key);
	out->pairs = calloc(count ? count : 1, sizeof *out->pairs);
	if (!out->pairs)
		return zf_nomem(op, count * sizeof *out->pairs);
	for (size_t i = 0; i < count; i++) {
		const json_t *pair = json_array_get(list, i);
		struct pair *p = &out->pairs[i];

		if (json_array_size(pair) != 2)
			return zf_fail(op, EINVAL, "%s: not a list of pairs", key);
		if (zf_scalar_typed(op, key, json_array_get(pair, 0), from, &p->from) < 0 ||
			zf_scalar_typed(op, key, json_array_get(pair, 1), to, &p->to) < 0)
			return -1;
		out->count = i + 1;
	}
	return 0;
}

static int check_keys(struct zf_op *op, const json_t *object, const char *const *known)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		const char *const *k = known;

		while (*k && strcmp(*k, key) != 0)
			k++;
		if (!*k)
			return zf_fail(op, EINVAL, "unknown parameter '%.40s'", key);
	}
	return 0;
}

static int read_config(struct zf_op *op, const json_t *configuration, struct cast_value *state)
{
	static const char *const keys[] = { "data_type", "rounding", "out_of_range", "scalar_map", NULL };
	static const char *const map_keys[] = { "encode", "decode", NULL };
	static const char *const roundings[] = { "nearest-even", "towards-zero", "towards-positive",
		"towards-negative", "nearest-away", NULL };
	static const char *const ranges[] = { "", "clamp", "wrap", NULL };
	const json_t *type = zf_param(configuration, "data_type"), *map;
	const char *name = json_string_value(json_is_object(type) ? json_object_get(type, "name") : type);

	if (check_keys(op, configuration, keys) < 0)
		return -1;
	if (!name)
		return zf_fail(op, EINVAL, type ? "data_type: not a data type" : "data_type: missing");
	if (!zf_elem_named(name, &state->enc) || state->enc.kind == 'b' || state->enc.kind == 'c')
		return zf_fail(op, EOPNOTSUPP, "data_type: data type '%.40s' is not supported", name);
	if (zf_param_word(op, configuration, "rounding", roundings, &state->rounding) < 0 ||
		zf_param_word(op, configuration, "out_of_range", ranges, &state->range) < 0)
		return -1;
	if (state->range == WRAP && state->enc.kind == 'f')
		return zf_fail(op, EINVAL, "out_of_range: only integers wrap");
	map = zf_param(configuration, "scalar_map");
	if (map && !json_is_object(map))
		return zf_fail(op, EINVAL, "scalar_map: not an object");
	if (check_keys(op, map, map_keys) < 0 ||
		read_map(op, zf_param(map, "encode"), "encode", &state->dec, &state->enc, &state->encode) <
			0 ||
		read_map(op, zf_param(map, "decode"), "decode", &state->enc, &state->dec, &state->decode) < 0)
		return zf_where(op, "scalar_map");
	return 0;
}

/* The fill value goes there and back, or nothing can tell a missing chunk. */
static int cast_fill(struct zf_op *op, struct zf_codec *codec, struct cast_value *state)
{
	uint8_t back[8];
	struct zf_out to = ZF_OUT_FIXED(state->fill, sizeof state->fill);
	struct zf_out fro = ZF_OUT_FIXED(back, sizeof back);
	struct zf_wide a, b;
	struct zf_scalar was, is;

	if (cast_all(state, op, false, codec->in.fill, 1, &to) < 0 ||
		cast_all(state, op, true, state->fill, 1, &fro) < 0)
		return zf_where(op, "fill_value");
	zf_elem_load(&a, codec->in.fill, &state->dec, 1);
	zf_elem_load(&b, back, &state->dec, 1);
	was = take(&a, 0);
	is = take(&b, 0);
	if (!same(&was, &is))
		return zf_fail(op, EINVAL, "fill_value: does not survive the cast");
	return 0;
}

static int cast_value_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct cast_value *state = codec->state = calloc(1, sizeof *state);
	struct zf_retype types;

	if (!state)
		return zf_nomem(op, sizeof *state);
	if (!zf_elem_of(&codec->in, &state->dec) || state->dec.kind == 'b' || state->dec.kind == 'c')
		return zf_fail(op, EOPNOTSUPP, "cannot cast this data type");
	if (read_config(op, configuration, state) < 0)
		return -1;
	state->enc.big = codec->in.big_endian && state->enc.size > 1;
	types = (struct zf_retype){ .dec = state->dec, .enc = state->enc };
	if (zf_retype_bind(op, codec, &types) < 0 || cast_fill(op, codec, state) < 0)
		return -1;
	codec->out.fill = state->fill;
	return 0;
}

static void cast_value_free(struct zf_codec *codec)
{
	struct cast_value *state = codec->state;

	if (!state)
		return;
	free(state->encode.pairs);
	free(state->decode.pairs);
	free(state);
}

/* ---- chunks ---- */

static int cast_value_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct cast_value *state = codec->state;

	(void)scratch;
	if (len != codec->out.size)
		return zf_fail(op, EIO, "value has %zu bytes, should have %zu", len, codec->out.size);
	if (zf_out_reserve(out, op, codec->in.size) < 0)
		return -1;
	return cast_all(state, op, true, src, len / state->enc.size, out);
}

static int cast_value_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct cast_value *state = codec->state;

	(void)scratch;
	if (len != codec->in.size)
		return zf_fail(op, EINVAL, "%zu bytes, chunk has %zu", len, codec->in.size);
	if (zf_out_reserve(out, op, codec->out.size) < 0)
		return -1;
	return cast_all(state, op, false, src, len / state->dec.size, out);
}

const struct zf_codec_type zf_codec_cast_value = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.bind = cast_value_bind,
	.decode = cast_value_decode,
	.encode = cast_value_encode,
	.free = cast_value_free,
};
