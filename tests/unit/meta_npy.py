# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes tests/unit/meta_npy_table.h with NumPy: python3 meta_npy.py > meta_npy_table.h

Each row: the data type as in a .zarray, the shape, and the header that numpy.save() writes.
"""
import io
import json
import warnings

import numpy as np
from numpy.lib import format as npy
from zarr.meta import Metadata2

warnings.simplefilter("ignore")  # versions 2 and 3


def header(dtype, shape, version=None, fortran=False):
    out = io.BytesIO()
    npy._write_array_header(out, {"shape": shape, "fortran_order": fortran, "descr": npy.dtype_to_descr(dtype)}, version)
    return out.getvalue()


def saved(dtype, shape):
    """By numpy.save() itself, where the array is small."""
    out = io.BytesIO()
    np.save(out, np.zeros(shape, dtype))
    data = out.getvalue()
    return data[:len(data) - int(np.prod(shape, dtype=int)) * dtype.itemsize]


TYPES = ("|b1 |i1 |u1 <i2 >i2 <u4 >u8 <f2 <f4 >f8 <f16 <c8 >c32 |S1 |S300 <U4 >U2 |V5 <M8[ns] <M8 <m8[10us] "
         ">M8[D]").split()
STRUCTS = (
    [["a", "<i4"]], [["a", "<i4"], ["b", ">f8"], ["c", "|S2"]], [["x", "<i2", [2, 3]], ["y", "|u1", [4]]],
    [["p", [["x", "<f4"], ["y", "<f4"]]], ["t", "<M8[s]"]], [["it's", "<i4"], ['"', "<i4"], ["'\"", "<i4"]],
    [["\u00e9\u00a0\u00ad\u00ff", "<i4"]], [["\u4e2d\U0001f600", "<i4"]], [["tab\t\\\n\x01\x7f", "<i4"]],
    [["long%d" % i * 4, "<f4"] for i in range(40)])


def cases():
    for name in TYPES + list(STRUCTS):
        yield name, (3, 4)
    for shape in ((), (0,), (7,), (1, 2, 3, 4, 5, 6, 7, 8), (10 ** 6, 0, 3), (1,) * 32):
        yield "<f4", shape


def literal(data):
    """Bytes as a C string, with octal escapes for what cannot be printed."""
    parts = [chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else "\\%03o" % b for b in data]
    lines = [""]
    for part in parts:
        if len(lines[-1]) > 84:
            lines.append("")
        lines[-1] += part
    return "\n\t\t".join('"%s"' % line for line in lines)


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/* Made by meta_npy.py with NumPy %s. */" % np.__version__)
print("/* clang-format off */")
print("static const struct npy_row { const char *dtype, *shape, *header; size_t len; } npy_table[] = {")
for name, shape in cases():
    dtype = Metadata2.decode_dtype(name)
    data = header(dtype, shape)
    assert data == saved(dtype, shape), (name, shape)
    text = json.dumps(name)
    print('\t{ %s, "%s",\n\t\t%s, %d },' % (literal(text.encode()), json.dumps(list(shape)), literal(data), len(data)))
big = header(np.dtype("<f4"), (2 ** 61 - 1,))
print('\t{ "\\"<f4\\"", "[%d]",\n\t\t%s, %d },' % (2 ** 61 - 1, literal(big), len(big)))
print("};\nstatic const struct npy_row npy_read_table[] = { /* that are only read */")
for version, fortran in (((2, 0), False), ((3, 0), False), ((1, 0), True)):
    data = header(np.dtype(">i2"), (5, 6), version, fortran)
    print('\t{ "\\">i2\\"", "[5, 6]",\n\t\t%s, %d },' % (literal(data), len(data)))
print("};")
