/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a check found.
 */
#include "upkeep/check.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct finding {
	struct zf_finding what; /* its strings are owned */
	struct finding *next;
};

struct zf_findings {
	pthread_mutex_t lock;
	struct finding *first;
	size_t count;
	bool lost;
};

int zf_findings_new(struct zf_op *op, struct zf_findings **out)
{
	struct zf_findings *findings = calloc(1, sizeof *findings);

	if (!findings)
		return zf_nomem(op, sizeof *findings);
	pthread_mutex_init(&findings->lock, NULL);
	*out = findings;
	return 0;
}

static void free_one(struct finding *f)
{
	free((char *)(uintptr_t)f->what.path);
	free((char *)(uintptr_t)f->what.key);
	free((char *)(uintptr_t)f->what.reason);
	free(f);
}

static void clear(struct zf_findings *findings)
{
	struct finding *next;

	for (struct finding *f = findings->first; f; f = next) {
		next = f->next;
		free_one(f);
	}
	findings->first = NULL;
	findings->count = 0;
}

void zf_findings_free(struct zf_findings *findings)
{
	if (!findings)
		return;
	clear(findings);
	pthread_mutex_destroy(&findings->lock);
	free(findings);
}

void zf_find(struct zf_findings *findings, enum zf_flaw flaw, bool mendable, const char *path,
	const char *key, const char *fmt, ...)
{
	struct finding *f = calloc(1, sizeof *f);
	char *reason = NULL;
	va_list list;

	va_start(list, fmt);
	if (f && vasprintf(&reason, fmt, list) >= 0)
		f->what = (struct zf_finding){ flaw, mendable, strdup(path), strdup(key), reason };
	va_end(list);
	pthread_mutex_lock(&findings->lock);
	if (f && f->what.path && f->what.key) {
		f->next = findings->first;
		findings->first = f;
		findings->count++;
		f = NULL;
	} else {
		findings->lost = true;
	}
	pthread_mutex_unlock(&findings->lock);
	if (f)
		free_one(f);
}

static int compare(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;
	int order = strcmp((*x)->what.key, (*y)->what.key);

	return order ? order : (int)(*x)->what.flaw - (int)(*y)->what.flaw;
}

int zf_findings_tell(struct zf_findings *findings, struct zf_op *op, zf_finding_fn *fn, void *arg)
{
	struct finding **all = calloc(findings->count ? findings->count : 1, sizeof(struct finding *));
	size_t n = 0;
	int stop = 0;

	if (!all)
		return zf_nomem(op, findings->count * sizeof(struct finding *));
	for (struct finding *f = findings->first; f; f = f->next)
		all[n++] = f;
	qsort(all, n, sizeof(struct finding *), compare);
	for (size_t i = 0; i < n && !stop; i++)
		stop = fn(arg, &all[i]->what);
	free(all);
	clear(findings);
	return findings->lost ? zf_nomem(op, sizeof(struct finding)) : 0;
}
