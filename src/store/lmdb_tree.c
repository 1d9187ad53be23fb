/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A search is one page a level, each copied before it is looked at. All that is read from a page passes
 * through the small functions at the head of this file.
 */
#include "store/lmdb_tree.h"

#include "base/checked.h"
#include "store/store.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WORD = sizeof(size_t),
	HEAD = WORD + 8, /* of a page: number, padding, flags, then two offsets or a count of pages */
	NODE = 8,        /* of a node: two halves of a size, flags, size of the key */
	PAGE_BRANCH = 1,
	PAGE_LEAF = 2,
	PAGE_OVERFLOW = 4,
	PAGE_META = 8,
	PAGE_KINDS = 0x6f, /* those, and two that a plain tree has not */
	NODE_BIG = 1,
	NODE_KINDS = 7,
	META = 2 * 4 + 2 * WORD + 2 * (8 + 5 * WORD) + 2 * WORD,
	MAX_DEPTH = 32,
	MIN_PAGE = 512,
	MAX_PAGE = 65536
};
#define MAGIC UINT32_C(0xbeefc0de)

static uint16_t u16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static uint32_t u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static uint64_t word(const uint8_t *p)
{
	size_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static int damaged(struct zf_op *op, uint64_t page, const char *what)
{
	return zf_fail(op, EIO, "LMDB: page %llu %s", (unsigned long long)page, what);
}

/* Reads up to n bytes. How many, or -1. */
static ssize_t read_at(struct zf_op *op, int fd, void *to, size_t n, uint64_t offset)
{
	ssize_t got;

	do
		got = pread(fd, to, n, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? zf_fail(op, errno, "LMDB: cannot read: %m") : got;
}

/* ---- meta pages ---------------------------------------------------------------------------------------- */

/* What is wrong with a meta page's numbers, or NULL. p: what follows the head of the page. */
static const char *parse_meta(const uint8_t *p, uint64_t file_size, struct zf_lmdb_meta *out, int *err)
{
	const uint8_t *db = p + 8 + 2 * WORD, *main = db + 8 + 5 * WORD, *end = main + 8 + 5 * WORD;
	uint64_t bytes;

	*err = EINVAL;
	if (u32(p) == __builtin_bswap32(MAGIC))
		return "an LMDB file of a machine of the other byte order";
	if (u32(p) != MAGIC)
		return "not an LMDB file of a machine like this";
	if (u32(p + 4) != 1)
		return "an LMDB file of another format version";
	if (u16(main + 4) != 0)
		return "an LMDB file whose keys are not plain: no Zarr store";
	*err = EIO;
	out->page_size = u32(db);
	out->map_size = word(p + 8 + WORD);
	out->depth = u16(main + 6);
	out->root = word(main + 8 + 4 * WORD);
	out->last_page = word(end);
	out->txn = word(end + WORD);
	if (out->page_size < MIN_PAGE || out->page_size > MAX_PAGE || out->page_size & (out->page_size - 1))
		return "LMDB: damaged: its size of a page is none";
	if (u16(db + 4) & 1)
		return "LMDB: the file wants a fixed address";
	/* the last pages need not be there, if nothing was ever written to them */
	if (!zf_mul(out->last_page, out->page_size, &bytes) || bytes > INT64_MAX / 2 || out->last_page < 1 ||
		file_size < 2 * (uint64_t)out->page_size)
		return "LMDB: the file is cut off, or damaged";
	if (out->depth > MAX_DEPTH ||
		(out->root != ZF_LMDB_NO_PAGE && (out->root > out->last_page || !out->depth)))
		return "LMDB: damaged: the root is none";
	return NULL;
}

/* Reads one; a fault is kept in *err (0: it is good) and *fault. -1: it cannot be read. */
static int read_meta(
	struct zf_op *op, int fd, uint64_t offset, struct zf_lmdb_meta *out, int *err, const char **fault)
{
	uint8_t page[HEAD + META];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return zf_fail(op, errno, "%m");
	n = read_at(op, fd, page, sizeof page, offset);
	if (n < 0)
		return -1;
	*err = EINVAL;
	*fault = "not an LMDB file";
	if (n == (ssize_t)sizeof page && u16(page + WORD + 2) & PAGE_META)
		*fault = parse_meta(page + HEAD, (uint64_t)st.st_size, out, err);
	if (!*fault)
		*err = 0;
	return 0;
}

/* Reads both. The size of a page is the first one's; where that is not good, it is tried. */
static int read_both(struct zf_op *op, int fd, struct zf_lmdb_meta meta[2], int err[2], const char *fault[2])
{
	if (read_meta(op, fd, 0, &meta[0], &err[0], &fault[0]) < 0)
		return -1;
	if (err[0])
		return zf_fail(op, err[0], "%s", fault[0]);
	if (read_meta(op, fd, meta[0].page_size, &meta[1], &err[1], &fault[1]) < 0)
		return -1;
	if (!err[1] && meta[1].page_size != meta[0].page_size)
		return zf_fail(op, EIO, "LMDB: damaged: two sizes of a page");
	return 0;
}

int zf_lmdb_meta(struct zf_op *op, int fd, struct zf_lmdb_meta *out)
{
	struct zf_lmdb_meta meta[2];
	const char *fault[2];
	int err[2];

	if (read_both(op, fd, meta, err, fault) < 0)
		return -1;
	if (err[1])
		return zf_fail(op, err[1], "the second meta page: %s", fault[1]);
	*out = meta[meta[1].txn > meta[0].txn];
	return 0;
}

int zf_lmdb_meta_of(struct zf_op *op, int fd, size_t page_size, uint64_t txn, struct zf_lmdb_meta *out)
{
	const uint64_t mine = txn & 1 ? page_size : 0;
	struct zf_lmdb_meta other;
	const char *fault;
	int err[2];

	/* A page that is being written over may be half old. Then its writer has found the other page, which
	 * is read later, to be newer than ours. */
	if (read_meta(op, fd, mine, out, &err[0], &fault) < 0 ||
		read_meta(op, fd, page_size - mine, &other, &err[1], &fault) < 0)
		return -1;
	return err[0] || err[1] || out->txn != txn || other.txn > txn || out->page_size != page_size;
}

/* ---- pages --------------------------------------------------------------------------------------------- */

struct node {
	uint64_t ref; /* of a branch: the page below; of a leaf: the size of the value */
	unsigned flags;
	const uint8_t *key;
	size_t len;
	size_t offset; /* of what follows the key, in the page */
};

static int read_page(
	struct zf_op *op, int fd, const struct zf_lmdb_meta *meta, uint64_t number, struct zf_lmdb_page *page)
{
	unsigned flags, lower;
	ssize_t n;

	page->number = 0;
	if (number > meta->last_page || number < 2)
		return damaged(op, number, "is none");
	n = read_at(op, fd, page->bytes, meta->page_size, number * meta->page_size);
	if (n < 0)
		return -1;
	if (n != (ssize_t)meta->page_size)
		return damaged(op, number, "is beyond the end of the file");
	flags = u16(page->bytes + WORD + 2) & PAGE_KINDS;
	lower = u16(page->bytes + WORD + 4);
	if (word(page->bytes) != number || (flags != PAGE_BRANCH && flags != PAGE_LEAF))
		return damaged(op, number, "is not one of the tree");
	if (lower < HEAD || lower > meta->page_size || lower % 2)
		return damaged(op, number, "is damaged");
	page->number = number;
	page->size = meta->page_size;
	page->leaf = flags == PAGE_LEAF;
	page->nodes = (lower - HEAD) / 2;
	return 0;
}

static int read_node(struct zf_op *op, const struct zf_lmdb_page *page, unsigned i, struct node *out)
{
	size_t at = u16(page->bytes + HEAD + 2 * (size_t)i);
	const uint8_t *p = page->bytes + at;
	uint32_t half[2];

	if (at < HEAD + 2 * (size_t)page->nodes || at > page->size - NODE)
		return damaged(op, page->number, "is damaged");
	half[0] = u16(p + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 2));
	half[1] = u16(p + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 2 : 0));
	out->ref = half[0] | half[1] << 16;
	out->flags = u16(p + 4);
	if (!page->leaf && WORD > 4)
		out->ref |= (uint64_t)out->flags << 32;
	out->key = p + NODE;
	out->len = u16(p + 6);
	out->offset = at + NODE + out->len;
	/* the first node of a branch has no key, and is before all */
	if (out->offset > page->size || (page->leaf && (out->len == 0 || out->len > ZF_LMDB_MAX_KEY)))
		return damaged(op, page->number, "has a damaged key");
	return 0;
}

static int compare(const struct node *node, const char *key, size_t n)
{
	size_t common = node->len < n ? node->len : n;
	int order = common ? memcmp(node->key, key, common) : 0;

	return order ? order : (node->len > n) - (node->len < n);
}

/* The first node from `first` on that is not less than key; page->nodes: none. */
static int search(struct zf_op *op, const struct zf_lmdb_page *page, unsigned first, const char *key,
	size_t n, unsigned *out)
{
	unsigned low = first, high = page->nodes;
	struct node node;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (read_node(op, page, middle, &node) < 0)
			return -1;
		if (compare(&node, key, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*out = low;
	return 0;
}

/* ---- the search ---------------------------------------------------------------------------------------- */

/* The node of a branch below which a key is. */
static int search_branch(
	struct zf_op *op, const struct zf_lmdb_page *page, const char *key, size_t n, unsigned *out)
{
	struct node node;

	if (page->nodes < 1)
		return damaged(op, page->number, "is damaged");
	if (search(op, page, 1, key, n, out) < 0)
		return -1;
	if (*out == page->nodes) {
		--*out;
		return 0;
	}
	if (read_node(op, page, *out, &node) < 0)
		return -1;
	*out -= compare(&node, key, n) > 0;
	return 0;
}

/* Goes down to the leaf of a key. *next: the page after the one taken at the lowest branch that has one, and
 * its depth; ZF_LMDB_NO_PAGE: the leaf is the last. */
static int descend(struct zf_op *op, int fd, const struct zf_lmdb_meta *meta, uint64_t from, unsigned depth,
	const char *key, size_t n, struct zf_lmdb_page *page, uint64_t *next, unsigned *next_depth)
{
	struct node node;
	unsigned i = 0;

	for (;; depth++) {
		if (read_page(op, fd, meta, from, page) < 0)
			return -1;
		if (page->leaf != (depth == meta->depth))
			return damaged(op, from, "is at the wrong depth");
		if (page->leaf)
			return 0;
		if (search_branch(op, page, key, n, &i) < 0)
			return -1;
		if (i + 1 < page->nodes) {
			if (read_node(op, page, i + 1, &node) < 0)
				return -1;
			*next = node.ref;
			*next_depth = depth + 1;
		}
		if (read_node(op, page, i, &node) < 0)
			return -1;
		from = node.ref;
	}
}

/* Says what a node of a leaf is, having checked where its value lies. */
static int take_node(struct zf_op *op, int fd, const struct zf_lmdb_meta *meta,
	const struct zf_lmdb_page *page, const struct node *node, struct zf_lmdb_key *key,
	struct zf_lmdb_value *value)
{
	uint64_t number, bytes, end;
	uint8_t head[HEAD];
	ssize_t n;

	memcpy(key->bytes, node->key, node->len);
	key->bytes[node->len] = '\0';
	key->len = node->len;
	value->size = (uint32_t)node->ref;
	value->offset = page->number * meta->page_size + node->offset;
	bytes = node->flags & NODE_BIG ? WORD : node->ref;
	if ((node->flags & NODE_KINDS) > NODE_BIG)
		return damaged(op, page->number, "has a value that is a database");
	if (bytes > page->size - node->offset)
		return damaged(op, page->number, "has a damaged value");
	if (!(node->flags & NODE_BIG))
		return ZF_FOUND;
	number = word(page->bytes + node->offset);
	if (number < 2 || !zf_mul(number, meta->page_size, &value->offset) ||
		!zf_add(value->offset, HEAD + node->ref, &end) ||
		zf_div_up(end, meta->page_size) > meta->last_page + 1)
		return damaged(op, page->number, "has a value outside the file");
	n = read_at(op, fd, head, sizeof head, value->offset);
	if (n < 0)
		return -1;
	if (n != sizeof head || word(head) != number ||
		(u16(head + WORD + 2) & PAGE_KINDS) != PAGE_OVERFLOW ||
		u32(head + WORD + 4) < zf_div_up(HEAD + node->ref, meta->page_size))
		return damaged(op, number, "is not that of a value");
	value->offset += HEAD;
	return ZF_FOUND;
}

/* Whether a key, if it is there, is on the leaf that was read last. */
static int is_here(struct zf_op *op, const struct zf_lmdb_page *page, const char *key, size_t n, bool *out)
{
	struct node first, last;

	*out = false;
	if (!page->number || !page->leaf || !page->nodes)
		return 0;
	if (read_node(op, page, 0, &first) < 0 || read_node(op, page, page->nodes - 1, &last) < 0)
		return -1;
	*out = compare(&first, key, n) <= 0 && compare(&last, key, n) >= 0;
	return 0;
}

int zf_lmdb_seek(struct zf_op *op, struct zf_lmdb_cursor *cursor, const char *from, size_t n,
	struct zf_lmdb_key *key, struct zf_lmdb_value *value)
{
	const struct zf_lmdb_meta *meta = &cursor->meta;
	uint64_t at = meta->root, next = ZF_LMDB_NO_PAGE;
	unsigned depth = 1, next_depth = 0, i;
	struct node node;
	bool here;

	if (at == ZF_LMDB_NO_PAGE)
		return ZF_MISSING;
	if (is_here(op, &cursor->page, from, n, &here) < 0)
		return -1;
	/* at most twice: the leaf where the key belongs may end before it, and then it is the next one's
	 * first */
	for (int tries = 0; tries < 2 && at != ZF_LMDB_NO_PAGE; tries++) {
		next = ZF_LMDB_NO_PAGE;
		if (!here && descend(op, cursor->fd, meta, at, depth, from, n, &cursor->page, &next,
				     &next_depth) < 0)
			return -1;
		if (search(op, &cursor->page, 0, from, n, &i) < 0)
			return -1;
		if (i < cursor->page.nodes)
			return read_node(op, &cursor->page, i, &node) < 0
				       ? -1
				       : take_node(op, cursor->fd, meta, &cursor->page, &node, key, value);
		if (here)
			return damaged(op, cursor->page.number, "is out of order");
		at = next;
		depth = next_depth;
	}
	return at == ZF_LMDB_NO_PAGE ? ZF_MISSING : damaged(op, at, "is out of order");
}
