# SPDX-License-Identifier: GPL-3.0-or-later
"""The model: an array as its flat bytes, with what each operation has to do to them."""
import math

import numpy as np


class Flat:
    """shape, and `data`, the bytes in C order of whole rows. `size` is what the file shows: less than len(data)
    while the last row was begun and not flushed. `tail` is where the bytes ended before a flush made that row whole:
    who appends goes on there, until the last writer has closed the file (and the daemon has learned of it)."""

    def __init__(self, shape, itemsize, fill, data=None):
        self.shape, self.itemsize, self.fill = list(shape), itemsize, bytes(fill)
        assert len(self.fill) == itemsize
        count = math.prod(self.shape) * itemsize
        self.data = bytearray(data if data is not None else self.fill * math.prod(self.shape))
        assert len(self.data) == count
        self.size, self.tail = count, None

    @property
    def row(self):
        return math.prod(self.shape[1:]) * self.itemsize

    def contents(self):
        return bytes(self.data[: self.size])

    def can_grow(self):
        return bool(self.shape) and self.row > 0

    def pwrite(self, data, at):
        """Whether that can be done; if not, nothing has changed."""
        end = at + len(data)
        if end > len(self.data):
            if not self.can_grow():
                return False
            self._set_rows(-(-end // self.row))
        self.data[at:end] = data
        self.size = max(self.size, end)
        if self.tail is not None and end > self.tail:
            self.tail = end if at == self.tail and end < self.size else None
        return True

    def truncate(self, size):
        if not self.shape:
            if size not in (0, self.itemsize):
                return False
            if size == 0:
                self.data[:] = self.fill
            return True
        if self.row == 0:
            return size == 0
        if size % self.row:
            return False
        self._set_rows(size // self.row)
        self.size, self.tail = size, None
        return True

    def punch(self, at, count):
        """Whole and cut elements alike become the bytes of the fill value at their places."""
        end = min(at + count, self.size)
        if at < end:
            first = at // self.itemsize
            pattern = self.fill * (-(-end // self.itemsize) - first)
            self.data[at:end] = pattern[at - first * self.itemsize :][: end - at]

    def flush(self):
        if self.size < len(self.data):
            self.tail = self.size
        self.size = len(self.data)

    def resize(self, shape):
        self.flush()
        old = self.grid()
        new = np.empty([*shape, self.itemsize], dtype="u1")
        new[...] = np.frombuffer(self.fill, dtype="u1")
        box = tuple(slice(0, min(a, b)) for a, b in zip(self.shape, shape))
        new[box] = old[box]
        self.shape, self.data = list(shape), bytearray(new.tobytes())
        self.size, self.tail = len(self.data), None

    def grid(self):
        """All elements, with a last axis for the bytes of each."""
        return np.frombuffer(bytes(self.data), dtype="u1").reshape([*self.shape, self.itemsize])

    def _set_rows(self, rows):
        count = rows * self.row
        del self.data[count:]
        self.data += self.fill * ((count - len(self.data)) // self.itemsize)
        self.shape[0] = rows
        self.size = min(self.size, count)
