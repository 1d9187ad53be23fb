/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gives each input of tests/fuzz/corpus to its target, and each once more cut short and with bits turned: a
 * crash, a failed assertion or a sanitizer's report ends the program.
 */
#include "targets.h"

#include "unit.h"

#include <dirent.h>

static uint8_t *load(const char *path, size_t *len)
{
	uint8_t *data = malloc(1 << 20);
	FILE *file = fopen(path, "rb");

	ck_assert_msg(file && data, "%s", path);
	*len = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

/* Each input lies in memory of exactly its size. */
static void give(const struct fuzz_target *target, const uint8_t *data, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	memcpy(exact, data, len);
	target->run(exact, len);
	free(exact);
}

static void replay(const struct fuzz_target *target, const char *path, uint64_t *state)
{
	size_t len;
	uint8_t *data = load(path, &len);

	give(target, data, len);
	for (int i = 0; i < 50 && len > 0; i++) {
		size_t at = unit_below(state, len);

		give(target, data, at);
		data[at] ^= (uint8_t)(1 << unit_below(state, 8));
		give(target, data, len);
	}
	free(data);
}

static void replay_all(const struct fuzz_target *target)
{
	char name[256], path[1024];
	uint64_t state = unit_seed();
	unsigned count = 0;
	struct dirent *entry;
	char *folder;
	DIR *dir;

	snprintf(name, sizeof name, "tests/fuzz/corpus/%s", target->name);
	folder = unit_source(name);
	dir = opendir(folder);
	ck_assert_msg(dir != NULL, "%s", folder);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		replay(target, path, &state);
		count++;
	}
	closedir(dir);
	free(folder);
	printf("# %s: %u inputs\n", target->name, count);
	ck_assert_uint_gt(count, 0);
}

START_TEST(corpus)
{
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++)
		replay_all(target);
}
END_TEST

UNIT_MAIN("replay", corpus)
