/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commits one crime of each kind, so that tests/sanitizers can see whether the police is awake.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static int read_after_free(void)
{
	char *volatile p = malloc(10);
	p[0] = 1;
	free(p);
	return p[0];
}

static int leak(void)
{
	void *volatile p = malloc(10);
	p = NULL;
	return p != NULL;
}

static int overflow(void)
{
	volatile int n = INT_MAX;
	n = n + 1;
	return n == 0;
}

static void *increment(void *arg)
{
	for (int i = 0; i < 100000; i++)
		shared++;
	return arg;
}

static int race(void)
{
	pthread_t a, b;
	if (pthread_create(&a, NULL, increment, NULL) != 0 || pthread_create(&b, NULL, increment, NULL) != 0)
		return 1;
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*commit)(void);
	} crimes[] = {
		{ "read-after-free", read_after_free },
		{ "leak", leak },
		{ "overflow", overflow },
		{ "race", race },
	};
	for (size_t i = 0; argc == 2 && i < sizeof(crimes) / sizeof(*crimes); i++) {
		if (strcmp(argv[1], crimes[i].name) == 0)
			return crimes[i].commit() ? 1 : 0;
	}
	fputs("usage: canary read-after-free|leak|overflow|race\n", stderr);
	return 2;
}
