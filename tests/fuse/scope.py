# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not implemented yet, in one place.

Arrays that fall under these rules are listed, and refused with EOPNOTSUPP and a reason that names what is
missing; one that reads right all the same is fine. The tables shrink as codecs, types and formats are added,
and when all are empty this file goes.
"""
import json
import re

# Codecs that are there, as v2 and v3 call them. Everything else is missing.
CODECS = {
    "blosc",
    "zstd",
    "gzip",
    "zlib",
    "lz4",
    "crc32c",
    "bytes",
    "transpose",
    "sharding_indexed",
    "endian",
    "x-ignored",
    "bz2",
    "lzma",
    "crc32",
    "adler32",
    "fletcher32",
    "jenkins_lookup3",
    "shuffle",
    "base64",
    "scale_offset",
    "cast_value",
    "reshape",
    "packbits",
    "delta",
    "fixedscaleoffset",
    "quantize",
    "bitround",
    "astype",
    "categorize",
    "vlen-utf8",
    "vlen-bytes",
    "vlen-array",
    "json2",
    "msgpack2",
    "zfpy",
    "zfp",
    # as N5 calls them
    "bzip2",
    "xz",
    "n5_default",
}

# Data types that may be missing: extensions of v3, long double. Matched against the type as JSON.
MISSING_TYPES = (
    r'^"[<>][fc](16|32)"$',
    r'^\{"',
)


def codec_names(codecs):
    """All names in the codecs of a fixture's record, those inside shards included."""
    if isinstance(codecs, dict):
        codecs = [codecs.get("compressor")] + list(codecs.get("filters") or ())
    for codec in codecs or ():
        if codec is None:
            continue
        codec = {"name": codec} if isinstance(codec, str) else codec
        yield codec.get("id") or codec["name"]
        configuration = codec.get("configuration") or {}
        yield from codec_names(configuration.get("codecs"))
        yield from codec_names(configuration.get("index_codecs"))


def real_codec_names(text):
    """The same for the short form of real stores: "sharding_indexed[bytes | gzip]@start | crc32c"."""
    return [
        name
        for name in re.findall(r"[A-Za-z0-9_.]+", re.sub(r"/\w+|\(\w+\)|@\w+", "", text or ""))
        if name not in ("none", "raw")
    ]


def missing(record, codecs):
    """Words for all that this array needs and that is not there."""
    words = [name.removeprefix("numcodecs.") for name in codecs]
    words = [word for word in words if word not in CODECS]
    dtype = record.get("dtype")
    text = json.dumps(dtype)
    if any(re.search(pattern, text) for pattern in MISSING_TYPES) and text != '{"name": "int32"}':
        words.append(dtype["name"] if isinstance(dtype, dict) else dtype)
    return words
