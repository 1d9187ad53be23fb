/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces of some MiB, that go out as they lie in the cache where that can be.
 */
#include "tool/stream.h"
#include "tool/progress.h"

enum { PIECE = 4 << 20 };

/* One piece; *len is 0 at the end. */
static int piece_out(
	struct tool *tool, struct zf_file *file, struct output *out, uint64_t offset, size_t *len)
{
	struct zf_slices slices;
	int result;

	if (zf_file_slices(file, &tool->op, PIECE, offset, &slices) < 0)
		return -1;
	result = output_writev(tool, out, slices.iov, slices.count);
	*len = slices.len;
	zf_slices_free(&slices);
	return result;
}

int stream_out(struct tool *tool, struct zf_file *file, struct output *out, const char *what)
{
	uint64_t size = zf_file_size(file), offset = 0;
	bool sized = zf_file_is_sized(file);
	struct progress progress;
	size_t len = 1;
	int result = 0;

	progress_begin(tool, what, &progress);
	while (result == 0 && len > 0 && (!sized || offset < size)) {
		result = piece_out(tool, file, out, offset, &len);
		offset += len;
		progress_step(&progress, offset, sized ? size : 0, true);
	}
	progress_end(&progress);
	return result;
}
