# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes tests/unit/meta_edit_table.h with zarr-python 2: python3 meta_edit.py > meta_edit_table.h

Documents before and after a resize, a change of attributes, and consolidating anew.
"""
import json

import zarr


def literal(text):
    lines = [""]
    for piece in text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n\0").split("\0"):
        if len(lines[-1]) + len(piece) > 84:
            lines.append("")
        lines[-1] += piece
    return "\n\t\t".join('"%s"' % line for line in lines)


def row(*texts):
    print("\t{ %s }," % ",\n\t\t".join(map(literal, texts)))


ARRAYS = [((10,), (25,)), ((10, 20), (10, 7)), ((3, 4, 5), (30, 0, 5)), ((0,), (10 ** 15,)), ((2, 2), (2, 2))]
OLD = {"a": [1, 2.5, None], "b": {"x": "\u00e9", "y": {"z": []}}, "c": float("nan"), "k": 2 ** 64}
PATCHES = [{"a": 5}, {"a": None}, {"k": None}, {"b": None, "c": None}, {"z": [1, {"q": [2, "\U0001f600"]}]},
           {"b": {"x": None}}, {"b": {"y": {"z": [3]}}}, {"b": {"zz": {}}}, {"a": [1, 2]},
           {"a": None, "b": None, "c": None, "k": None}]


def merged(target, patch):
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        result.pop(key, None) if value is None else result.update({key: merged(result.get(key), value)})
    return result


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/* Made by meta_edit.py with zarr-python %s. */" % zarr.__version__.split("+")[0])
print("/* clang-format off */")
print("static const struct { const char *before, *shape, *after; } resize_table[] = {")
for old, new in ARRAYS:
    store = zarr.MemoryStore()
    z = zarr.create(old, dtype="<f4", store=store)
    before = store[".zarray"].decode()
    z.resize(new)
    row(before, json.dumps(list(new)), store[".zarray"].decode())
print("};\nstatic const struct { const char *before, *patch, *after; } attributes_table[] = {")
for patch in PATCHES:
    store = zarr.MemoryStore()
    z = zarr.create(3, store=store)
    z.attrs.put(OLD)
    before = store[".zattrs"].decode()
    z.attrs.put(merged(OLD, patch))
    row(before, json.dumps(patch), store[".zattrs"].decode())
print("};\nstatic const struct { const char *before, *array, *after; } consolidated_table[] = {")
for old, new in ARRAYS:
    store = zarr.MemoryStore()
    root = zarr.group(store)
    root.create_dataset("g/a", shape=old, dtype="<f4").attrs["x"] = [1]
    root.create_dataset("g/b", shape=3, dtype="|S2")
    zarr.consolidate_metadata(store)
    before = store[".zmetadata"].decode()
    root["g/a"].resize(new)
    zarr.consolidate_metadata(store)
    row(before, store["g/a/.zarray"].decode(), store[".zmetadata"].decode())
print("};")
