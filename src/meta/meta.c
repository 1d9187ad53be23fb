/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parsed documents: the end of their lives.
 */
#include "meta/meta.h"

#include <stdlib.h>

static void free_array(struct zf_array_meta *array)
{
	free(array->fill);
	free(array->fill_text);
	free(array->units);
	json_decref(array->codecs);
	json_decref(array->dtype);
	json_decref(array->data_type);
	json_decref(array->chunk_shapes);
	for (unsigned d = 0; d < ZF_MAX_NDIM; d++)
		free(array->edges[d]);
	json_decref(array->inner_chunk);
	json_decref(array->fill_value);
	json_decref(array->compressor);
	json_decref(array->filters);
	json_decref(array->codecs_shown);
	json_decref(array->dimension_names);
}

void zf_meta_free(struct zf_meta *meta)
{
	if (!meta)
		return;
	free_array(&meta->array);
	json_decref(meta->attributes);
	free(meta->error_text);
	free(meta->attributes_error);
	free(meta);
}
