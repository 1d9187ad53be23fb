/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Column-major data, element by element out of a map.
 */
#include "tool/columns.h"
#include "tool/fail.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

int columns_open(struct tool *tool, const struct source *source, struct columns *out)
{
	uint64_t end = source->npy.header_len + source->npy.nbytes;
	struct stat st;
	void *map;

	if (fstat(source->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return tool_fail(tool, EINVAL,
			"%s: data in Fortran order can be read from a regular file only", source->name);
	if ((uint64_t)st.st_size != end)
		return tool_fail(tool, EINVAL, "%s: has %llu bytes, its header says %llu", source->name,
			(unsigned long long)st.st_size, (unsigned long long)end);
	map = mmap(NULL, (size_t)end, PROT_READ, MAP_PRIVATE, source->fd, 0);
	if (map == MAP_FAILED)
		return tool_fail(tool, errno, "%s: %s", source->name, strerror(errno));
	*out = (struct columns){ source, map, (size_t)end };
	return 0;
}

void columns_close(struct columns *c)
{
	if (c->map)
		munmap((void *)(uintptr_t)c->map, c->len);
	c->map = NULL;
}

/* Where in the file element number k of the C order is. */
static uint64_t place_of(const struct zf_npy_attr *npy, uint64_t k)
{
	uint64_t index[ZF_NODE_DIMS], place = 0;

	for (unsigned d = npy->ndim; d-- > 0; k /= npy->shape[d])
		index[d] = k % npy->shape[d];
	for (unsigned d = npy->ndim; d-- > 0;)
		place = place * npy->shape[d] + index[d];
	return place;
}

/* A byte of an element is turned with the number that it belongs to. */
static void copy_part(
	const struct source *s, unsigned char *to, const unsigned char *from, uint64_t at, uint64_t n)
{
	if (!s->swap) {
		memcpy(to, from + at, n);
		return;
	}
	for (uint64_t i = at; i < at + n; i++)
		to[i - at] = from[i - i % s->swap + (s->swap - 1 - i % s->swap)];
}

void columns_read(const struct columns *c, unsigned char *buf, size_t len, uint64_t offset)
{
	const struct zf_npy_attr *npy = &c->source->npy;
	const unsigned char *data = c->map + npy->header_len;

	while (len > 0) {
		uint64_t at = offset % npy->itemsize, left = npy->itemsize - at;
		uint64_t n = len < left ? len : left;

		copy_part(
			c->source, buf, data + place_of(npy, offset / npy->itemsize) * npy->itemsize, at, n);
		buf += n;
		offset += n;
		len -= n;
	}
}
