/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of options.
 */
#include "option_values.h"
#include "zarrfs.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int option_wrong(const char *option, const char *value, const char *what)
{
	fprintf(stderr, "zarrfs: %s: '%s' is not %s\n", option, value, what);
	return -1;
}

/* A whole number in a base, from low to high. */
static bool parse_number(
	const char *text, int base, unsigned long long low, unsigned long long high, unsigned long long *out)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, &end, base);
	if (errno || *end || n < low || n > high)
		return false;
	*out = n;
	return true;
}

int option_number(
	const char *option, const char *value, unsigned long long low, unsigned long long high, unsigned *out)
{
	unsigned long long n;
	char what[64];

	if (parse_number(value, 10, low, high, &n)) {
		*out = (unsigned)n;
		return 0;
	}
	snprintf(what, sizeof what, "a number from %llu to %llu", low, high);
	return option_wrong(option, value, what);
}

int option_mask(const char *value, mode_t *out)
{
	unsigned long long n;

	if (!parse_number(value, 8, 0, 0777, &n))
		return option_wrong("umask", value, "an octal number up to 777");
	*out = (mode_t)n;
	return 0;
}

/* Bytes, or with a suffix KiB, MiB, GiB, TiB. */
int option_size(const char *option, const char *value, uint64_t *out)
{
	return zf_size_parse(value, out) ? 0 : option_wrong(option, value, "a size");
}

/* A text of its own, in place of the one before. */
int option_text(const char *value, char **out)
{
	free(*out);
	*out = strdup(value);
	return *out ? 0 : -1;
}

int option_shape(const char *option, const char *value, char **out)
{
	if (!*value || value[strspn(value, "0123456789,x-")])
		return option_wrong(option, value, "a shape, such as 10x20");
	if (option_text(value, out) < 0)
		return -1;
	for (char *c = *out; *c; c++) {
		if (*c == 'x')
			*c = ',';
	}
	return 0;
}

int option_order(const char *value, char *out)
{
	if ((*value != 'C' && *value != 'F') || value[1])
		return option_wrong("order", value, "C or F");
	*out = *value;
	return 0;
}

/* Absolute: the daemon leaves its working directory. */
int option_folder(const char *option, const char *value, char **out)
{
	char *here, *path = NULL;

	if (!*value)
		return option_wrong(option, value, "a directory");
	if (*value == '/')
		return option_text(value, out);
	here = getcwd(NULL, 0);
	if (!here || asprintf(&path, "%s/%s", here, value) < 0)
		path = NULL;
	free(here);
	if (!path)
		return option_wrong(option, value, "within a directory that can be found");
	free(*out);
	*out = path;
	return 0;
}
