/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remembered indexes of shards: those used last stay, and what is forgotten stays with who has it.
 */
#include "array/indexes.h"

#include "unit.h"

static struct zf_index *put(struct zf_indexes *all, const char *key, uint64_t count)
{
	struct zf_index *index;
	struct zf_op op;

	zf_op_init(&op);
	index = zf_index_new(&op, key, count);
	ck_assert_ptr_nonnull(index);
	zf_indexes_put(all, index);
	return index;
}

static bool has(struct zf_indexes *all, const char *key)
{
	struct zf_index *index = zf_indexes_find(all, key);

	if (!index)
		return false;
	ck_assert_str_eq(index->key, key);
	zf_index_unref(all, index);
	return true;
}

/* Of 16 MiB; these take a little more than one each. */
START_TEST(those_used_last_stay)
{
	struct zf_indexes all;
	char key[16];

	zf_indexes_init(&all);
	for (int i = 0; i < 20; i++) {
		snprintf(key, sizeof key, "c/%d", i);
		zf_index_unref(&all, put(&all, key, 65536));
		ck_assert(has(&all, "c/0"));
	}
	for (int i = 0; i < 20; i++) {
		snprintf(key, sizeof key, "c/%d", i);
		ck_assert_msg(has(&all, key) == (i == 0 || i >= 6), "%s", key);
	}
	zf_index_unref(&all, put(&all, "large", 2 << 20)); /* at least one */
	ck_assert(has(&all, "large"));
	ck_assert(!has(&all, "c/19"));
	zf_indexes_destroy(&all);
}
END_TEST

START_TEST(what_is_forgotten_stays_with_who_has_it)
{
	static const char *const keys[] = { "c/1", "c/1|3", "c/1|3|5", "c/10", "c/2" };
	struct zf_index *held[5], *again;
	struct zf_indexes all;

	zf_indexes_init(&all);
	for (int i = 0; i < 5; i++)
		held[i] = put(&all, keys[i], 4);
	zf_indexes_forget_key(&all, "c/1");
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(has(&all, keys[i]), i > 2);
		held[i]->entries[3].len = 7;
	}
	again = put(&all, "c/2", 4); /* in the place of the other */
	zf_indexes_drop(&all, held[4]);
	ck_assert(has(&all, "c/2"));
	zf_indexes_drop(&all, again);
	ck_assert(!has(&all, "c/2"));
	zf_indexes_forget(&all);
	ck_assert(!has(&all, "c/10"));
	for (int i = 0; i < 4; i++)
		zf_index_unref(&all, held[i]);
	zf_indexes_destroy(&all);
}
END_TEST

UNIT_MAIN("indexes", those_used_last_stay, what_is_forgotten_stays_with_who_has_it)
