#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs folders of Zarr stores into the archives and manifests of this directory.

    pack.py FIXTURES REAL [OUTDIR]

FIXTURES and REAL each hold stores and a manifest.json. The archives are reproducible (sorted, no owner, no
times), and the manifests keep only what tests ask for. Run it again when the collections change.
"""
import io
import json
import lzma
import os
import sys
import tarfile

# What tests use of a fixture's record; empty values are left out.
FIXTURE_FIELDS = (
    "store",
    "kind",
    "path",
    "zarr_format",
    "shape",
    "dtype",
    "itemsize",
    "nbytes",
    "sha256",
    "vlen_sha256",
    "samples",
    "expect",
    "error_at",
    "tier",
    "tags",
    "chunks",
    "shards",
    "codecs",
    "order",
    "fill_value",
    "dimension_names",
    "attributes",
    "grid",
    "numpy_dtype",
)
REAL_FIELDS = (
    "store",
    "kind",
    "path",
    "zarr_format",
    "shape",
    "dtype",
    "order",
    "codecs",
    "nbytes",
    "sha256",
    "missing_chunks",
    "undefined",
    "alt",
    "status",
)
SOURCE_FIELDS = ("licence", "source", "writer")


def add(tar, root, path):
    """Adds one path with everything that differs from machine to machine taken out."""
    full = os.path.join(root, path)
    info = tar.gettarinfo(full, arcname=path)
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    info.mode = 0o755 if info.isdir() else 0o644
    if info.isreg():
        with open(full, "rb") as file:
            tar.addfile(info, file)
    else:
        tar.addfile(info)


def walk(root):
    for here, dirs, files in os.walk(root):
        for name in dirs + files:
            yield os.path.relpath(os.path.join(here, name), root)


def pack(root, wanted, out):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(walk(root), key=os.fsencode):
            if wanted(path):
                add(tar, root, path)
    with open(out, "wb") as file:
        file.write(lzma.compress(raw.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{out}: {os.path.getsize(out)} bytes")


def write_lines(records, out):
    with open(out, "w", encoding="ascii") as file:
        for record in records:
            file.write(json.dumps(record, sort_keys=False, separators=(",", ":")) + "\n")


def trim(record, fields):
    def said(key):
        value = record.get(key)
        return value is not None and (key in ("shape", "chunks", "fill_value") or value not in ([], {}, ""))

    return {key: record[key] for key in fields if said(key) or key == "path" and record.get(key) == ""}


def fixture_record(array):
    array = dict(array, kind=array["store_kind"])
    if array["zarr_format"] == 3 and array.get("sha256"):
        array["sha256"] = array["sha256_native_little"]  # the flat file of v3 is little-endian
    if "rectilinear" in array["tags"]:
        array["grid"] = "rectilinear"
    return trim(array, FIXTURE_FIELDS)


def real_record(array):
    return trim(dict(array, path=array.get("array")), REAL_FIELDS)


def real_sources(arrays):
    """One line a store: store, licence, source, writer."""
    lines = {}
    for array in arrays:
        lines.setdefault(array["store"], [array["store"]] + [array.get(key) or "" for key in SOURCE_FIELDS])
    return [lines[store] for store in sorted(lines)]


def main():
    fixtures, real = sys.argv[1:3]
    out = sys.argv[3] if len(sys.argv) > 3 else os.path.dirname(os.path.abspath(__file__))

    with open(os.path.join(fixtures, "manifest.json"), encoding="utf-8") as file:
        arrays = json.load(file)["arrays"]
    write_lines([fixture_record(array) for array in arrays], os.path.join(out, "fixtures.jsonl"))
    pack(fixtures, lambda path: os.path.dirname(path), os.path.join(out, "fixtures.tar.xz"))

    with open(os.path.join(real, "manifest.json"), encoding="utf-8") as file:
        arrays = json.load(file)
    write_lines([real_record(array) for array in arrays], os.path.join(out, "real.jsonl"))
    with open(os.path.join(out, "real-sources.tsv"), "w", encoding="utf-8") as file:
        file.write("store\tlicence\tsource\twriter\n")
        for line in real_sources(arrays):
            file.write("\t".join(line) + "\n")

    # Several archives, so that none is big: archives; one image in the formats of many programs; the same in N5;
    # the rest.
    def part(path):
        names = path.split("/")
        if path in ("README.md", "manifest.json"):
            return None
        if names[-1].endswith((".zip", ".tgz")):
            return "real-archives"
        if names[0] == "zarr_implementations":
            if names[1:] and names[1].endswith(".n5"):
                return "real-n5-java" if names[1] == "n5-java.n5" else "real-n5"
            return "real-images"
        return "real"

    for name in ("real", "real-images", "real-n5", "real-n5-java", "real-archives"):
        pack(real, lambda path: part(path) == name, os.path.join(out, name + ".tar.xz"))


if __name__ == "__main__":
    main()
