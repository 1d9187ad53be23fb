# SPDX-License-Identifier: GPL-3.0-or-later
"""One array in a mount, beside the model of it: does operations to both and compares what they say."""
import contextlib
import errno
import json
import mmap
import os
import re
import shutil
import threading

import harness
import numpy as np
import stored
from flat import Flat

MODES = {"r": os.O_RDONLY, "rw": os.O_RDWR, "w": os.O_WRONLY, "a": os.O_RDWR | os.O_APPEND}
PLAIN = os.environ.get("ZF_TEST_PLAIN") == "1"
PATIENCE = 60 * harness.SLOW  # seconds until an operation that does not end is taken for a hang


# What the log says of operations that the model expects to be refused.
REFUSED = (
    r"zarrfs: a: a size of \d+ bytes is no multiple of a row of \d+",
    r"zarrfs: a: \d+ bytes at \d+ end beyond the largest size, \d+",
    r"zarrfs: a: an array without dimensions has \d+ bytes, not \d+",
)


class Wrong(Exception):
    """What was seen is not what the model says."""


class PlainMount:
    """A directory of the local file system in place of a mount: what the tests of ordinary files are held against."""

    def __init__(self, _store, folder, data):
        self.path = os.path.join(folder, "plain")
        os.makedirs(self.path, exist_ok=True)
        if data is not None:
            with open(self.at("a"), "wb") as file:
                file.write(data)

    def at(self, name):
        return os.path.join(self.path, name)

    def log(self):
        return []

    def close(self):
        pass

    def kill(self):
        pass


class World:
    def __init__(self, case):
        self.case = case
        self.folder = harness.testdata.temporary("zarrfs-model-")
        self.store = None if PLAIN else stored.Store(case, self.folder)
        values = np.ascontiguousarray(stored.initial(case))
        fill = stored.fill_bytes(case)
        self.flat = Flat(case["shape"], len(fill), fill, values.tobytes())
        self.attributes = {}
        self.fds, self.modes = {}, {}
        self.mount = self.watch = None
        self.hung = self.dirty = False
        self._mount(case["options"], self.flat.data)

    def _mount(self, options, data=None):
        self.options = options
        if PLAIN:
            self.mount = PlainMount(None, self.folder, data)
        else:
            self.mount = harness.Mount(self.store.spec, options)

    # ---- running ----

    def run(self, ops):
        """All operations, then the last look. Raises Wrong (with .step) at the first difference."""
        step = -1
        try:
            for step, op in enumerate(ops):
                self.guarded(op)
            step = len(ops)
            self.guarded({"do": "remount", "options": ""})
        except BaseException as error:
            error.step = step
            error.log = self.mount.log()[-5:] if self.mount else []
            raise
        finally:
            self.end()

    def guarded(self, op):
        """One operation, under a watch that ends a daemon that hangs."""
        timer = threading.Timer(PATIENCE, self._hang)
        timer.start()
        try:
            getattr(self, "do_" + op["do"])(op)
        except OSError as error:
            raise Wrong(f"{'hangs; then ' if self.hung else ''}{error}") from error
        finally:
            timer.cancel()
        if self.hung:
            raise Wrong("hangs")

    def _hang(self):
        self.hung = True
        if self.mount:
            self.mount.kill()

    def end(self):
        self._close_all(quiet=True)
        if self.mount:
            self.mount.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- comparing ----

    def same(self, got, want, what):
        if got == want:
            return
        if isinstance(got, (bytes, bytearray)):
            at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
            raise Wrong(f"{what}: {len(got)} bytes, want {len(want)}; first difference at {at}: "
                f"{bytes(got[at:at + 16]).hex()}, want {bytes(want[at:at + 16]).hex()}")
        raise Wrong(f"{what}: {got!r}, want {want!r}")

    def fails(self, numbers, what, call, *args):
        """The call fails with one of the errors, as the model says that it has to."""
        try:
            call(*args)
        except OSError as error:
            if error.errno not in numbers:
                raise Wrong(f"{what}: {harness.errno_name(error.errno)}, want "
                    f"{' or '.join(map(harness.errno_name, numbers))}") from error
        else:
            raise Wrong(f"{what}: succeeds, which it cannot")

    def path(self, name="a"):
        return self.mount.at(name)

    def data(self, op, count, first):
        return stored.at_random(self.case, op["seed"], count, first, op["style"])

    # ---- handles ----

    def do_open(self, op):
        self._close(op["h"])
        self.fds[op["h"]] = os.open(self.path(), MODES[op["mode"]])
        self.modes[op["h"]] = op["mode"]

    def do_close(self, op):
        self._close(op["h"])

    def _close(self, handle):
        if handle in self.fds:
            os.close(self.fds.pop(handle))
            self._closed(self.modes[handle] != "r")

    def _close_all(self, quiet=False):
        for handle in list(self.fds):
            with contextlib.suppress(*((OSError,) if quiet else ())):
                self._close(handle)

    def _flushed(self):
        if not PLAIN:
            self.flat.flush()
        self.dirty = False

    def _closed(self, writer):
        """After a writer's close the last row is whole; after a reader's that may be."""
        if writer:
            self._flushed()
        elif not PLAIN and self.flat.size < len(self.flat.data) == os.stat(self.path()).st_size:
            self.flat.flush()

    def handle(self, op, modes):
        """The handle that is meant, if it is open in one of the modes."""
        fd = self.fds.get(op["h"])
        return fd if fd is not None and self.modes[op["h"]] in modes else None

    def do_fsync(self, op):
        if (fd := self.handle(op, ("rw", "w", "a"))) is not None:
            os.fsync(fd)
            self._flushed()

    # ---- reading ----

    def do_pread(self, op):
        if (fd := self.handle(op, ("r", "rw", "a"))) is not None:
            got = os.pread(fd, op["n"], op["at"])
            self.same(got, self.flat.contents()[op["at"] : op["at"] + op["n"]], f"pread at {op['at']}")
            self.same(os.fstat(fd).st_size, self.flat.size, "fstat")

    def do_whole(self, _):
        fd = os.open(self.path(), os.O_RDONLY)
        try:
            got = harness.read_all(fd)
        finally:
            os.close(fd)
        if self.flat.size < len(got) == len(self.flat.data) and not PLAIN:
            self.flat.flush()  # somebody else's flush made the last row whole
        self.same(got, self.flat.contents(), "the whole file")
        self._closed(False)

    def do_stat(self, _):
        self.same(os.stat(self.path()).st_size, self.flat.size, "stat")
        if not PLAIN and not self.dirty:
            with open(self.path("a.info"), encoding="utf-8") as file:
                self.same(json.load(file)["shape"], self.flat.shape, "shape in .info")

    def do_seek(self, op):
        """Holes read as zeros."""
        fd = self.handle(op, ("rw", "a"))
        if fd is None:
            return
        os.fsync(fd)
        self._flushed()
        at, contents = 0, self.flat.contents()
        while at < len(contents):
            try:
                data = os.lseek(fd, at, os.SEEK_DATA)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                data = len(contents)
            self.same(contents[at:data].strip(b"\0"), b"", f"a hole from {at} to {data}")
            at = os.lseek(fd, data, os.SEEK_HOLE) if data < len(contents) else data

    def do_mapread(self, op):
        self._mapped(op, False)

    # ---- writing ----

    def do_pwrite(self, op):
        fd = self.handle(op, ("rw", "w"))
        if fd is not None:
            self._write(fd, self.data(op, op["n"], op["at"]), op["at"], lambda data: os.pwrite(fd, data, op["at"]))

    def do_append(self, op):
        fd = self.handle(op, ("a",))
        if fd is None:
            return
        if self.flat.tail is None or not self.flat.can_grow():
            at = self.flat.size
            self._write(fd, self.data(op, op["n"], at), at, lambda data: os.write(fd, data))
            return
        # Zeros are good values at whichever of the two places they come to.
        data = self.data(dict(op, style="zeros"), op["n"], 0)
        self.dirty = True
        self.same(os.write(fd, data), len(data), f"appending {len(data)} bytes")
        at_end = os.fstat(fd).st_size == self.flat.size + len(data)
        self.flat.pwrite(data, self.flat.size if at_end else self.flat.tail)
        self.same(os.fstat(fd).st_size, self.flat.size, "fstat after appending")

    def _write(self, fd, data, at, call):
        self.dirty = True
        if self.flat.pwrite(data, at):
            self.same(call(data), len(data), f"writing {len(data)} bytes at {at}")
        else:
            self.fails((errno.EFBIG, errno.EINVAL), f"writing {len(data)} bytes at {at}", call, data)
        self.same(os.fstat(fd).st_size, self.flat.size, "fstat after writing")

    def do_mapwrite(self, op):
        self._mapped(op, True)

    def _mapped(self, op, write):
        at, count = op["at"], min(op["n"], self.flat.size - op["at"])
        if count <= 0 or "direct_io" in self.options:
            return
        fd = os.open(self.path(), os.O_RDWR if write else os.O_RDONLY)
        try:
            with mmap.mmap(fd, self.flat.size, prot=mmap.PROT_READ | (write and mmap.PROT_WRITE)) as view:
                self.same(view[at : at + count], self.flat.contents()[at : at + count], f"mapped at {at}")
                if write:
                    view[at : at + count] = data = self.data(op, count, at)
                    self.flat.pwrite(data, at)
                    if op["seed"] % 2:
                        view.flush()
        finally:
            os.close(fd)
        self._closed(write)

    def do_truncate(self, op):
        self._truncate(op["size"], lambda: os.truncate(self.path(), op["size"]))

    def do_ftruncate(self, op):
        self.dirty = True
        fd = self.handle(op, ("rw", "w", "a"))
        if fd is not None:
            self._truncate(op["size"], lambda: os.ftruncate(fd, op["size"]))

    def _truncate(self, size, call):
        if self.flat.truncate(size):
            call()
        else:
            self.fails((errno.EINVAL,), f"truncate to {size}", call)
        self.same(os.stat(self.path()).st_size, self.flat.size, f"stat after truncate to {size}")

    def do_punch(self, op):
        fd = self.handle(op, ("rw", "w"))
        if fd is not None:
            flags = harness.PUNCH_HOLE | harness.KEEP_SIZE
            harness.fallocate(fd, flags, op["at"], op["n"])
            self.flat.punch(op["at"], op["n"])

    def do_replace(self, op):
        """As cp does: cut to nothing, then written in blocks."""
        size = op["n"] // self.flat.row * self.flat.row if self.flat.row else 0
        data = self.data(op, size if self.flat.shape else self.flat.itemsize, 0)
        fd = os.open(self.path(), os.O_WRONLY | os.O_TRUNC)
        try:
            self.flat.truncate(0)
            for at in range(0, len(data), op["block"]):
                os.write(fd, data[at : at + op["block"]])
                self.flat.pwrite(data[at : at + op["block"]], at)
        finally:
            os.close(fd)
        self._flushed()

    def do_rename(self, op):
        """As rsync does: a new file, renamed onto the array. Nobody has the old one open: what such a handle sees then
        is not said."""
        self._close_all()
        size = op["n"] // self.flat.row * self.flat.row if self.flat.row else 0
        cache = re.search(r"cache=(\d+)", self.options)
        if cache and int(cache[1]) < size:
            return  # the new file may be one chunk, which has to have room
        data = self.data(op, size if self.flat.shape else self.flat.itemsize, 0)
        with open(self.path(".a.Xy12"), "wb") as file:
            file.write(data)
        if self.flat.shape and self.flat.row == 0:
            data = b""
        os.rename(self.path(".a.Xy12"), self.path())
        self.flat.truncate(0)
        self.flat.pwrite(data, 0)
        self._flushed()
        self._names()

    def _names(self):
        want = ["a"] if PLAIN else ["a", "a.info"]
        self.same(sorted(os.listdir(self.mount.path)), want, "names in the mount")

    # ---- metadata ----

    def _patch(self, document):
        with open(self.path("a.info"), "w", encoding="utf-8") as file:
            json.dump(document, file)

    def do_resize(self, op):
        if PLAIN or len(op["shape"]) != len(self.flat.shape):
            return
        self._patch({"shape": op["shape"]})
        self.flat.resize(op["shape"])
        self.same(os.stat(self.path()).st_size, self.flat.size, "stat after the shape was patched")

    def do_attribute(self, op):
        if PLAIN:
            return
        patch = {op["name"]: op["value"]}
        self._patch({"attributes": patch})
        self.attributes = merge(self.attributes, patch)
        with open(self.path("a.info"), encoding="utf-8") as file:
            self.same(json.load(file)["attributes"], self.attributes, "attributes in .info")
        self._closed(False)  # the last row may be whole now

    # ---- other programs ----

    def do_foreign(self, op):
        """Another program's changes are seen by the next open."""
        self._close_all()
        self._flushed()
        shape = op["shape"]
        if PLAIN or self.case["kind"] != "dir" or len(shape) != len(self.flat.shape):
            return
        # Only whole chunks may be cut: see cases.foreign().
        shape = [n if n >= old else n // c * c for n, old, c in zip(shape, self.flat.shape, self.case["chunks"])]
        box = tuple(slice(min(a, n), min(b, n)) for (a, b), n in zip(op["box"], shape))
        values = self.store.change(box, shape, op["seed"])
        before = Flat(self.flat.shape, self.flat.itemsize, self.flat.fill, self.flat.data)
        before.resize(shape)
        self.flat.resize(shape)
        self.flat.data = bytearray(values.tobytes())
        mask = np.zeros(shape, dtype=bool)
        mask[box] = True
        kept = np.where(mask[..., None], 0, self.flat.grid()).tobytes()
        self.same(kept, np.where(mask[..., None], 0, before.grid()).tobytes(), "what the other program left alone")
        self.do_whole(None)

    def do_remount(self, op):
        """Unmounts; then another program reads the store."""
        self._close_all()
        self._flushed()
        log = [line for line in self.mount.log() if not any(re.fullmatch(known, line) for known in REFUSED)]
        mount, self.mount = self.mount, None
        try:
            mount.close()
        except AssertionError as error:
            raise Wrong(f"unmounting: {error}") from error
        self.same(log, [], "the log")
        if not PLAIN:
            self.look()
        self._mount(op["options"])
        self.do_whole(None)

    def look(self):
        try:
            shape, values, attributes = self.store.read()
            self.same(shape, self.flat.shape, "the shape that another program reads")
            self.same(values.tobytes(), bytes(self.flat.data), "what another program reads")
            self.same(attributes, self.attributes, "the attributes that another program reads")
            self.same(self.store.stray(), [], "files in the array's folder that do not belong there")
            if self.case["fill"] is not None:
                self._look_beyond()
        except (OSError, AssertionError, ValueError, KeyError, RuntimeError) as error:
            raise Wrong(f"another program cannot read it: {type(error).__name__}: {error}") from error

    def _look_beyond(self):
        """What lies beyond the edges, in chunks that are cut by them, is fill value: it would come back."""
        more = Flat(self.flat.shape, self.flat.itemsize, self.flat.fill, self.flat.data)
        more.resize([n + 3 for n in self.flat.shape])
        self.same(self.store.read(3)[1].tobytes(), bytes(more.data), "what another program would read after growing it")


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merge(target.get(name), value)
    return target


def attempt(case, ops):
    """What went wrong, or None."""
    try:
        World(case).run(ops)
    except harness.MountFailed as error:
        error.step = getattr(error, "step", -1)
        return error
    except Wrong as error:
        return error
    return None


