/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stores of the early drafts of v3: the layout, what counts as one, and what is refused.
 */
#include "view_fixture.h"

#include "meta/meta.h"

#define ROOT                                                                                                 \
	"{\"zarr_format\": \"https://purl.org/zarr/spec/protocol/core/3.0\", \"metadata_key_suffix\": "      \
	"\".json\", \"extensions\": []}"
#define ARRAY_WITH(MORE)                                                                                     \
	"{\"shape\": [4], \"chunk_grid\": {\"type\": \"regular\", \"chunk_shape\": [2], \"separator\": "     \
	"\"/\"}, \"data_type\": \"|u1\", \"chunk_memory_layout\": \"C\", \"fill_value\": 32, "               \
	"\"attributes\": {\"a\": 1}" MORE "}"
#define ARRAY ARRAY_WITH("")

START_TEST(layout)
{
	struct fixture *f = set_up();
	size_t len;
	char *data;

	put(f, "zarr.json", ROOT);
	put(f, "meta/root/g.group.json", "{\"attributes\": {}}");
	put(f, "meta/root/g/a.array.json", ARRAY);
	put(f, "meta/root/implicit/b.array.json", ARRAY);
	put(f, "meta/root/stray.json", "{}");
	put(f, "data/root/g/a/c1", "yz");
	put(f, "data/root/nothing/c0", "yz");
	put(f, "elsewhere/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "g/ implicit/ ");
	lists(f, "g", "a:4 a.info ");
	lists(f, "implicit", "b:4 b.info ");
	data = content(f, "g/a", &len);
	ck_assert_mem_eq(data, "  yz", 4);
	free(data);
	missing(f, "nothing");
	missing(f, "meta");
	missing(f, "stray");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#g/a"), &f->op);
	lists(f, "", "a:4 a.info ");
	tear_down(f);
}
END_TEST

START_TEST(root_array)
{
	struct fixture *f = set_up();
	const char *name;
	size_t len;
	char *data;

	put(f, "zarr.json", ROOT);
	put(f, "meta/root.array.json", ARRAY);
	put(f, "data/root/c0", "wx");
	unit_ok(open_tree(f, ""), &f->op);
	name = zf_tree_root_file(f->tree);
	ck_assert_ptr_nonnull(name);
	data = content(f, name, &len);
	ck_assert_mem_eq(data, "wx  ", 4);
	free(data);
	tear_down(f);
}
END_TEST

static void says(const char *doc, int err, const char *text)
{
	struct zf_meta *meta;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_meta_parse_draft(&op, doc, strlen(doc), &meta), &op);
	ck_assert_ptr_nonnull(meta->error_text);
	ck_assert_str_eq(meta->error_text, text);
	ck_assert_int_eq(meta->error, err);
	zf_meta_free(meta);
}

START_TEST(refused)
{
	says("{\"shape\": [1]}", EIO, "chunk_grid: missing");
	says(ARRAY_WITH(", \"extensions\": [{\"extension\": \"x\", \"must_understand\": true}]"), EOPNOTSUPP,
		"extensions are not supported");
	says(ARRAY_WITH(", \"compressor\": {\"codec\": \"gzip\"}"), EOPNOTSUPP,
		"compressor: this codec is not supported");
	says(ARRAY_WITH(", \"chunk_grid\": {\"type\": \"hexagonal\"}"), EOPNOTSUPP,
		"chunk_grid: a type other than 'regular' is not supported");
	says("{\"extensions\": [1]}", EOPNOTSUPP, "extensions are not supported");
	says("[]", EIO, "expected an object, found a list");
}
END_TEST

START_TEST(what_is_one)
{
	static const char *const others[] = { "", "{", "[]", V3_GROUP, "{\"zarr_format\": \"3\"}" };

	ck_assert(zf_meta_is_draft(ROOT, strlen(ROOT)));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		ck_assert(!zf_meta_is_draft(others[i], strlen(others[i])));
}
END_TEST

UNIT_MAIN("view_draft", layout, root_array, refused, what_is_one)
