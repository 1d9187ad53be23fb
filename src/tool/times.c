/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * datetime64 and timedelta64 as NumPy prints them.
 */
#include "tool/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 64 };

/* Units from days down: how many of it a day has, as steps of factors. */
static const struct {
	const char *name;
	int64_t second; /* units of it in a second; 0: longer than that */
	int64_t length; /* seconds of it */
	unsigned digits;
} units[] = { { "D", 0, 86400, 0 }, { "h", 0, 3600, 0 }, { "m", 0, 60, 0 }, { "s", 1, 1, 0 },
	{ "ms", 1000, 0, 3 }, { "us", 1000000, 0, 6 }, { "ns", 1000000000, 0, 9 },
	{ "ps", 1000000000000, 0, 12 }, { "fs", 1000000000000000, 0, 15 },
	{ "as", 1000000000000000000, 0, 18 } };

static int64_t floor_div(int64_t a, int64_t b, int64_t *rest)
{
	int64_t q = a / b - (a % b < 0);

	*rest = a - q * b;
	return q;
}

/* The date of a day since 1970, in the calendar that has no beginning. */
static int print_date(int64_t day, char *out, size_t size)
{
	int64_t in_era, era = floor_div(day + 719468, 146097, &in_era);
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
	int64_t of_month = in_year - (153 * month + 2) / 5 + 1;

	month += month < 10 ? 3 : -9;
	year += era * 400 + (month <= 2);
	return snprintf(out, size, "%04" PRId64 "-%02" PRId64 "-%02" PRId64, year, month, of_month);
}

/* A time of a unit that has a place in `units`. */
static void print_time(unsigned u, int64_t value, char *out)
{
	int64_t fraction = 0, seconds, day;
	int n;

	if (units[u].second) {
		seconds = floor_div(value, units[u].second, &fraction);
		day = floor_div(seconds, 86400, &seconds);
	} else {
		day = floor_div(value, 86400 / units[u].length, &seconds);
		seconds *= units[u].length;
	}
	n = print_date(day, out, TEXT);
	if (u >= 1)
		n += snprintf(out + n, (size_t)(TEXT - n), "T%02d", (int)(seconds / 3600));
	if (u >= 2)
		n += snprintf(out + n, (size_t)(TEXT - n), ":%02d", (int)(seconds / 60 % 60));
	if (u >= 3)
		n += snprintf(out + n, (size_t)(TEXT - n), ":%02d", (int)(seconds % 60));
	if (u >= 4)
		snprintf(out + n, (size_t)(TEXT - n), ".%0*" PRId64, (int)units[u].digits, fraction);
}

/* False: a unit that is not known here, or a multiple of one. */
static bool print_datetime(const char *unit, int64_t value, char *out)
{
	int64_t month, year;

	if (strcmp(unit, "Y") == 0) {
		snprintf(out, TEXT, "%04" PRId64, value + 1970);
		return true;
	}
	if (strcmp(unit, "M") == 0) {
		year = floor_div(value, 12, &month);
		snprintf(out, TEXT, "%04" PRId64 "-%02" PRId64, year + 1970, month + 1);
		return true;
	}
	if (strcmp(unit, "W") == 0)
		return print_date(value * 7, out, TEXT) > 0;
	for (unsigned u = 0; u < sizeof units / sizeof units[0]; u++) {
		if (strcmp(unit, units[u].name) == 0) {
			print_time(u, value, out);
			return true;
		}
	}
	return false;
}

static bool print_one(bool is_date, const char *unit, int64_t value, char *out)
{
	char text[TEXT];

	if (value == INT64_MIN) {
		strcpy(out, "'NaT'");
		return true;
	}
	if (is_date) {
		if (!print_datetime(unit, value, text))
			return false;
		snprintf(out, TEXT + 4, "'%s'", text);
		return true;
	}
	snprintf(out, TEXT, "%" PRId64, value);
	return true;
}

char **words_of_times(const char *dtype, const int64_t *values, size_t n)
{
	char **words = calloc(n + 1, sizeof *words), unit[8] = "", text[TEXT + 4];
	bool is_date = dtype[0] == 'M', ok = words != NULL;
	size_t width = 0;

	sscanf(dtype + 2, "[%7[^]]", unit);
	for (size_t i = 0; ok && i < n; i++) {
		ok = print_one(is_date, unit, values[i], text);
		words[i] = ok ? strdup(text) : NULL;
		ok = words[i] != NULL;
		width = ok && strlen(text) > width ? strlen(text) : width;
	}
	for (size_t i = 0; ok && i < n; i++) {
		char wide[TEXT + 4];

		snprintf(wide, sizeof wide, "%*s", (int)width, words[i]);
		free(words[i]);
		words[i] = strdup(wide);
		ok = words[i] != NULL;
	}
	if (ok)
		return words;
	words_free(words, n);
	return NULL;
}
