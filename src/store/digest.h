/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tags of stores that can say nothing about a value: a digest of its bytes.
 *
 * A database knows no version of a value, and its file's time changes with every value in it. What is
 * certain is the value itself: as it is read from memory or from the page cache anyway, a digest costs a
 * tenth of the reading. It is not cryptographic: who can write to a store can make two values with equal
 * tags, and gains that a reader keeps the older of his own values.
 */
#ifndef ZF_STORE_DIGEST_H
#define ZF_STORE_DIGEST_H

#include "store/store.h"

/* A digest in the making, for values that come in pieces. */
struct zf_digest {
	uint64_t lane[4];
	uint64_t size;
	uint8_t rest[32]; /* bytes of a block that is not full yet: size % 32 */
};

void zf_digest_init(struct zf_digest *digest);
void zf_digest_add(struct zf_digest *digest, const void *p, size_t n);
void zf_digest_tag(const struct zf_digest *digest, struct zf_tag *out);

/* The tag of n bytes. */
void zf_digest_of(const void *p, size_t n, struct zf_tag *out);

#endif
