/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool head: values as text, as NumPy prints them: of more than 1000 elements the first and last three
 * along each dimension; lines of 75 characters. _formatArray() of numpy/core/arrayprint.py tells the rules.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/fail.h"
#include "tool/select.h"
#include "tool/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { THRESHOLD = 1000, EDGE = 3, WIDTH = 75, MOST = 1 << 20 };

/* What is printed of an array, in C order. */
struct page {
	struct tool *tool;
	struct zf_file *file;
	struct zf_selection_attr attr;
	bool summary;
	unsigned char *data; /* owned */
	size_t count, room;  /* elements of it */
	char **words;        /* owned */
	size_t at;           /* the next one to be printed */
};

/* Whether the middle of a dimension is left out. */
static bool is_cut(const struct page *p, unsigned d)
{
	return p->summary && p->attr.shape[d] > 2 * EDGE;
}

/* ---- reading */

static int read_run(struct page *p, uint64_t element, uint64_t n)
{
	size_t item = (size_t)p->attr.itemsize, got;

	if (p->count + n > p->room)
		return tool_fail(p->tool, ENOMEM, "too many elements to be shown");
	if (item && zf_file_pread(p->file, &p->tool->op, p->data + p->count * item, n * item, element * item,
			    &got) < 0)
		return -1;
	p->count += n;
	return 0;
}

/* What is shown of dimension d on, from element number `at` of those of the dimensions before it. */
static int read_from(struct page *p, unsigned d, uint64_t at)
{
	uint64_t n = d < p->attr.ndim ? p->attr.shape[d] : 1;
	bool cut = d < p->attr.ndim && is_cut(p, d);

	if (d + 1 >= p->attr.ndim) {
		if (!cut)
			return read_run(p, at * n, n);
		return read_run(p, at * n, EDGE) < 0 ? -1 : read_run(p, at * n + n - EDGE, EDGE);
	}
	for (uint64_t i = 0; i < n; i++) {
		if (cut && i == EDGE)
			i = n - EDGE;
		if (read_from(p, d + 1, at * n + i) < 0)
			return -1;
	}
	return 0;
}

static int read_page(struct page *p)
{
	uint64_t total = 1, shown = 1;
	bool many = false;

	for (unsigned d = 0; d < p->attr.ndim && !many; d++) {
		total *= p->attr.shape[d];
		many = total > THRESHOLD;
	}
	p->summary = many;
	for (unsigned d = 0; d < p->attr.ndim; d++) {
		shown *= is_cut(p, d) ? 2 * EDGE : p->attr.shape[d];
		if (shown > MOST)
			return tool_fail(p->tool, EFBIG, "more than %d elements would be shown", MOST);
	}
	p->room = (size_t)shown;
	p->data = shown <= (uint64_t)MOST * 64 / (p->attr.itemsize + 1) + THRESHOLD
			  ? malloc(shown * p->attr.itemsize + 1)
			  : NULL;
	if (!p->data)
		return tool_fail(p->tool, ENOMEM, "out of memory");
	return read_from(p, 0, 0);
}

/* ---- printing */

/* Characters of UTF-8. */
static size_t length(const char *word)
{
	size_t n = 0;

	for (; *word; word++)
		n += ((unsigned char)*word & 0xc0) != 0x80;
	return n;
}

static void indent(unsigned n)
{
	printf("%*s", (int)n, "");
}

/* A line of words that goes on in the next where they do not fit. */
struct line {
	unsigned indent;
	size_t used, width;
	unsigned spaces; /* owed */
};

/* Spaces at the end of a word are owed: none stand at the end of a line that goes on. */
static void put_word(struct line *line, const char *word, bool last)
{
	size_t n = length(word), end = strlen(word);

	if (line->used + n > line->width && line->used > line->indent) {
		putchar('\n');
		indent(line->indent);
		line->used = line->indent;
	} else {
		indent(line->spaces);
	}
	line->used += n + !last;
	line->spaces = !last;
	for (; end > 0 && word[end - 1] == ' '; end--)
		line->spaces++;
	fwrite(word, 1, end, stdout);
}

static void print_row(struct page *p, unsigned d, size_t width)
{
	uint64_t n = p->attr.shape[d];
	struct line line = { .indent = d + 1, .used = d + 1, .width = width - 1 };

	for (uint64_t i = 0; i < n; i++) {
		if (is_cut(p, d) && i == EDGE) {
			put_word(&line, "...", false);
			i = n - EDGE;
		}
		put_word(&line, p->words[p->at++], i + 1 == n);
	}
	indent(line.spaces);
}

static void print_from(struct page *p, unsigned d)
{
	uint64_t n = p->attr.shape[d];

	putchar('[');
	if (d + 1 == p->attr.ndim) {
		print_row(p, d, WIDTH - d);
		putchar(']');
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		if (is_cut(p, d) && i == EDGE) {
			fputs("...", stdout);
			for (unsigned k = d + 1; k < p->attr.ndim; k++)
				putchar('\n');
			indent(d + 1);
			i = n - EDGE;
		}
		print_from(p, d + 1);
		if (i + 1 == n)
			continue;
		for (unsigned k = d + 1; k < p->attr.ndim; k++)
			putchar('\n');
		indent(d + 1);
	}
	putchar(']');
}

static int print_page(struct page *p)
{
	char *text;
	json_t *dtype;

	if (zf_selection_dtype(p->file, &p->tool->op, &text) < 0)
		return -1;
	dtype = json_loads(text, JSON_DECODE_ANY, NULL);
	p->words = words_new(dtype, p->data, p->count, (size_t)p->attr.itemsize, p->attr.ndim == 0);
	json_decref(dtype);
	if (!p->words)
		tool_fail(p->tool, EOPNOTSUPP, "data type %s cannot be shown", text);
	free(text);
	if (!p->words)
		return -1;
	if (p->count == 0)
		fputs("[]", stdout);
	else if (p->attr.ndim)
		print_from(p, 0);
	else
		fputs(p->words[0], stdout);
	putchar('\n');
	return 0;
}

/* The lines of a text, as head(1). */
static int print_text(struct page *p)
{
	char buf[1 << 16];
	uint64_t offset = 0;
	size_t got = 1;

	for (unsigned lines = 0; got > 0 && lines < 10; offset += got) {
		if (zf_file_pread(p->file, &p->tool->op, buf, sizeof buf, offset, &got) < 0)
			return -1;
		for (size_t i = 0; i < got && lines < 10; i++) {
			putchar(buf[i]);
			lines += buf[i] == '\n';
		}
	}
	return 0;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct selected selected;
	struct page page = { .tool = tool };
	int result;

	if (select_open(tool, args->operand[0], &config, 0, &selected) < 0)
		return tool_failed(tool);
	page.file = selected.file;
	zf_selection_look(selected.file, &page.attr);
	result = page.attr.is_text ? print_text(&page) : read_page(&page) < 0 ? -1 : print_page(&page);
	words_free(page.words, page.count);
	free(page.data);
	select_close(&selected);
	return result < 0 ? tool_failed(tool) : EXIT_OK;
}

const struct command command_head = {
	.name = "head",
	.synopsis = "NODE[SELECTION]",
	.summary = "Shows values of an array or a selection of it, as NumPy prints them",
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
