/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pickle (numcodecs "pickle"): refused. A pickle is a program that makes Python objects: reading one for what
 * it means is running it.
 */
#include "codec/types.h"

#include <errno.h>

static const char *const names[] = { "numcodecs.pickle", NULL };

static int pickle_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	(void)configuration;
	(void)codec;
	return zf_fail(op, EOPNOTSUPP,
		"a pickle is a program, which may do anything when it is read: not supported");
}

const struct zf_codec_type zf_codec_pickle = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = pickle_bind,
};
