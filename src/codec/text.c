/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON text of elements.
 */
#include "codec/text.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- where they are ---- */

static void *make_texts(void)
{
	return calloc(1, sizeof(struct zf_out));
}

static void destroy_texts(void *texts)
{
	zf_out_free(texts);
	free(texts);
}

struct zf_out *zf_texts(struct zf_scratch *scratch, struct zf_op *op)
{
	static const struct zf_part part = { make_texts, destroy_texts, sizeof(struct zf_out) };

	return zf_scratch_part(scratch, op, &part);
}

int zf_text_bind(struct zf_op *op, struct zf_codec *codec)
{
	if (codec->in.kind != 'O')
		return zf_fail(op, EINVAL, "takes elements that vary in length, and these do not");
	zf_codec_varies(codec);
	return 0;
}

struct zf_text *zf_text_room(const struct zf_codec *codec, struct zf_op *op, struct zf_out *out)
{
	struct zf_text *room;

	if (zf_out_reserve(out, op, codec->in.size) < 0)
		return NULL;
	room = (struct zf_text *)(void *)(out->data + out->len);
	out->len += codec->in.size;
	return room;
}

/* ---- strings and words ---- */

int zf_text_word(struct zf_out *texts, struct zf_op *op, const char *word)
{
	return zf_out_append(texts, op, word, strlen(word));
}

/* What stands for a character that has to be escaped, in buf; its length. */
static size_t escape(unsigned char c, char buf[8])
{
	static const char from[] = "\"\\\n\r\t\f\b", to[] = "\"\\nrtfb";
	const char *at = c ? strchr(from, c) : NULL;

	if (at) {
		buf[0] = '\\';
		buf[1] = to[at - from];
		return 2;
	}
	return (size_t)snprintf(buf, 8, "\\u%04x", c);
}

/* How many bytes from p on stand for themselves; *bad: what follows is no UTF-8. */
static size_t plain(const unsigned char *p, size_t len, bool *bad)
{
	size_t n = 0;

	while (n < len && p[n] >= 0x20 && p[n] != '"' && p[n] != '\\') {
		size_t some = zf_utf8_len(p + n, len - n);

		if (some == 0) {
			*bad = true;
			break;
		}
		n += some;
	}
	return n;
}

int zf_text_string(struct zf_out *texts, struct zf_op *op, const void *utf8, size_t len)
{
	const unsigned char *p = utf8;
	char buf[8];
	bool bad = false;

	if (zf_out_append(texts, op, "\"", 1) < 0)
		return -1;
	while (len > 0) {
		size_t n = plain(p, len, &bad);

		if (bad)
			return zf_fail(op, EIO, "no UTF-8");
		if (zf_out_append(texts, op, p, n) < 0)
			return -1;
		p += n;
		len -= n;
		if (len > 0 && zf_out_append(texts, op, buf, escape(*p, buf)) < 0)
			return -1;
		if (len > 0) {
			p++;
			len--;
		}
	}
	return zf_out_append(texts, op, "\"", 1);
}

int zf_text_base64(struct zf_out *texts, struct zf_op *op, const void *bytes, size_t len)
{
	char *to;

	if (zf_out_reserve(texts, op, zf_base64_len(len) + 2) < 0)
		return -1;
	to = (char *)texts->data + texts->len;
	*to++ = '"';
	zf_base64_write(to, bytes, len);
	to[zf_base64_len(len)] = '"';
	texts->len += zf_base64_len(len) + 2;
	return 0;
}

/* ---- numbers ---- */

int zf_text_integer(struct zf_out *texts, struct zf_op *op, int64_t value)
{
	char buf[32];

	return zf_out_append(texts, op, buf, (size_t)snprintf(buf, sizeof buf, "%" PRId64, value));
}

int zf_text_natural(struct zf_out *texts, struct zf_op *op, uint64_t value)
{
	char buf[32];

	return zf_out_append(texts, op, buf, (size_t)snprintf(buf, sizeof buf, "%" PRIu64, value));
}

/* The fewest digits that tell a number from all others, and where the point is: value = 0.DIGITS * 10^point.
 * The mark between digits that the locale has is passed over. */
static int shortest(double value, char digits[20], int *point)
{
	char buf[40];
	int n = 0;

	for (int precision = 0; precision < 17; precision++) {
		snprintf(buf, sizeof buf, "%.*e", precision, value);
		if (strtod(buf, NULL) == value)
			break;
	}
	for (const char *p = buf; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	*point = atoi(strchr(buf, 'e') + 1) + 1;
	return n;
}

/* As repr() does it: with an exponent below 1e-4 and from 1e16 on, else with a point. */
static int put_real(char *to, const char *digits, int n, int point)
{
	int at = 0;

	if (point < -3 || point > 16) {
		to[at++] = digits[0];
		if (n > 1)
			at += sprintf(to + at, ".%.*s", n - 1, digits + 1);
		return at + sprintf(to + at, "e%c%02d", point < 1 ? '-' : '+', abs(point - 1));
	}
	if (point < 1)
		return sprintf(to, "0.%.*s%.*s", -point, "000", n, digits);
	for (int i = 0; i < n || i < point; i++) {
		if (i == point)
			to[at++] = '.';
		to[at++] = i < n ? digits[i] : '0';
	}
	if (n <= point)
		at += sprintf(to + at, ".0");
	return at;
}

int zf_text_real(struct zf_out *texts, struct zf_op *op, double value)
{
	char buf[48], digits[20];
	int point, n, at = 0;

	if (isnan(value))
		return zf_text_word(texts, op, "NaN");
	if (signbit(value))
		buf[at++] = '-';
	value = fabs(value);
	if (isinf(value)) {
		at += sprintf(buf + at, "Infinity");
	} else if (value == 0) {
		at += sprintf(buf + at, "0.0");
	} else {
		n = shortest(value, digits, &point);
		at += put_real(buf + at, digits, n, point);
	}
	return zf_out_append(texts, op, buf, (size_t)at);
}
