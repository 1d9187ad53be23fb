/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A target under libFuzzer: ZF_FUZZ says which. Built by "make fuzz" only.
 */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("ZF_FUZZ");

	(void)argc;
	(void)argv;
	target = name ? fuzz_target(name) : NULL;
	if (target)
		return 0;
	fprintf(stderr, "ZF_FUZZ: no target '%s'\n", name ? name : "");
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	target->run(data, len);
	return 0;
}
