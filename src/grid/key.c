/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunk keys. Written by hand rather than with printf: this runs once for every chunk that is read.
 */
#include "grid/key.h"

#include <string.h>

struct text {
	char *at, *end; /* one byte is kept for the NUL */
	bool full;
};

static void put_char(struct text *t, char c)
{
	if (t->at < t->end)
		*t->at++ = c;
	else
		t->full = true;
}

static void put_string(struct text *t, const char *s)
{
	while (*s)
		put_char(t, *s++);
}

static void put_number(struct text *t, uint64_t n)
{
	char digits[20];
	int i = 0;

	do
		digits[i++] = (char)('0' + n % 10);
	while (n /= 10);
	while (i)
		put_char(t, digits[--i]);
}

size_t zf_key_format(const struct zf_key_encoding *encoding, const char *prefix, unsigned ndim,
	const uint64_t *coords, char *buf, size_t size)
{
	struct text t = { buf, buf + size - 1, false };

	if (!size)
		return 0;
	put_string(&t, prefix);
	if (*prefix)
		put_char(&t, '/');
	if (encoding->folder) {
		put_string(&t, encoding->folder);
		put_char(&t, '/');
	}
	if (encoding->c_prefix)
		put_char(&t, 'c');
	if (!ndim && (!encoding->c_prefix || encoding->c_joined))
		put_char(&t, '0');
	for (unsigned d = 0; d < ndim; d++) {
		if (d || (encoding->c_prefix && !encoding->c_joined))
			put_char(&t, encoding->separator);
		put_number(&t, coords[encoding->reversed ? ndim - 1 - d : d]);
	}
	if (encoding->ending)
		put_string(&t, encoding->ending);
	*t.at = '\0';
	return t.full ? 0 : (size_t)(t.at - buf);
}

static bool parse_number(const char **text, uint64_t *out)
{
	const char *s = *text;
	uint64_t n = 0;

	if (*s < '0' || *s > '9' || (*s == '0' && s[1] >= '0' && s[1] <= '9'))
		return false;
	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	*text = s;
	*out = n;
	return true;
}

bool zf_key_parse(const struct zf_key_encoding *encoding, const char *rest, unsigned ndim, uint64_t *coords)
{
	const char *folder = encoding->folder, *ending = encoding->ending ? encoding->ending : "";
	size_t len = folder ? strlen(folder) : 0;

	if (folder && (strncmp(rest, folder, len) != 0 || rest[len] != '/'))
		return false;
	rest += folder ? len + 1 : 0;
	if (encoding->c_prefix && *rest++ != 'c')
		return false;
	if (!ndim && (!encoding->c_prefix || encoding->c_joined) && *rest++ != '0')
		return false;
	for (unsigned d = 0; d < ndim; d++) {
		if ((d || (encoding->c_prefix && !encoding->c_joined)) && *rest++ != encoding->separator)
			return false;
		if (!parse_number(&rest, &coords[encoding->reversed ? ndim - 1 - d : d]))
			return false;
	}
	return strcmp(rest, ending) == 0;
}
