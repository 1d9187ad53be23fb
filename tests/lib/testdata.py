# SPDX-License-Identifier: GPL-3.0-or-later
"""The packed stores of tests/data: their manifests, and unpacking."""
import json
import lzma
import os
import shutil
import tarfile
import tempfile
import atexit

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")

ARCHIVES = {
    "fixtures": ("fixtures.tar.xz",),
    "real": ("real.tar.xz", "real-images.tar.xz", "real-n5.tar.xz", "real-n5-java.tar.xz"),
}


def manifest(name):
    """The records of "fixtures" or "real"."""
    with open(os.path.join(HERE, name + ".jsonl"), encoding="ascii") as file:
        return [json.loads(line) for line in file]


def by_store(records):
    """{store: [records]}, in the manifest's order."""
    stores = {}
    for record in records:
        stores.setdefault(record["store"], []).append(record)
    return stores


def temporary(prefix="zarrfs-"):
    """A directory that goes away with the program."""
    path = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def unpack(name, into=None, wanted=None):
    """Unpacks "fixtures" or "real" and returns the folder; `wanted` picks members by path."""
    into = into or temporary()
    for archive in ARCHIVES[name]:
        with lzma.open(os.path.join(HERE, archive)) as raw, tarfile.open(fileobj=raw, mode="r|") as tar:
            for member in tar:
                if wanted is None or wanted(member.name):
                    tar.extract(member, into, set_attrs=False)
    return into
