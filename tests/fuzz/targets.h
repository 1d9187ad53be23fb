/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is fuzzed: functions that take any bytes at all and must neither crash, nor hang, nor take more memory
 * than their limits allow. fuzzer.c gives them libFuzzer's inputs, replay.c those that are kept in corpus/.
 */
#ifndef ZF_FUZZ_TARGETS_H
#define ZF_FUZZ_TARGETS_H

#include <stddef.h>
#include <stdint.h>

struct fuzz_target {
	const char *name; /* also that of its folder in corpus/ */
	void (*run)(const uint8_t *data, size_t len);
};

/* Whole stores: target_store.c. */
void fuzz_store(const uint8_t *data, size_t len);
void fuzz_zip(const uint8_t *data, size_t len);

/* The target of that name, or NULL. */
const struct fuzz_target *fuzz_target(const char *name);

/* All of them; the last one has no name. */
extern const struct fuzz_target fuzz_targets[];

#endif
