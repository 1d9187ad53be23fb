# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured, against what, and which ratio is asked for.

A section is a generator of Rows. Whatever a row compares was measured in the same rounds, in turn, so that a
machine that gets slower does so for both; a figure is the median over the rounds. A ratio above 1 means:
better than what it is compared with. Without a zarrfs that runs, limits and peers are measured alone.
"""
import contextlib
import os
import random
import subprocess
import time

import backends
import datasets
import measure
import orders
import writing
from measure import dd, median, program
from rows import MIB, Row, cost, rate

# Whole-array reads of z5 (C++, two threads) as multiples of zarr-python's, from a comparison on one machine;
# z5 is not packaged for Debian. zarr-python 2 reads no shards: there it is one of its rate on u16blosc.
Z5 = {"u16raw": 2.2 / 1.2, "u16blosc": 1.2 / 0.55, "u16shard": 0.60 / 0.55, "f32zstd": 0.93 / 0.30,
      "f32lz4": 1.7 / 0.85, "i32": 2.1 / 0.49, "i64zlib": 0.72 / 0.19}

READAHEAD = 1024  # KiB, of the FUSE limit while no zarrfs tells


class Bench:
    """Where the data is, what to measure, how often."""

    def __init__(self, folder, sets, runs, say):
        self.folder, self.sets, self.runs, self.say = folder, sets, runs, say
        self.have = measure.have_zarrfs()
        self.readahead = None

    def store(self, name):
        return os.path.join(self.folder, name + ".zarr")

    def flat(self, name):
        return os.path.join(self.folder, datasets.flat_of(name) + ".raw")

    def rounds(self, what, short=False):
        count = max(self.runs, 5) if short else self.runs
        for number in range(count):
            self.say(f"{what}: round {number + 1} of {count}")
            yield number

    def fuse_readahead(self):
        """What zarrfs' mounts have, so that the empty file system gets the same."""
        if self.readahead is None:
            self.readahead = READAHEAD if measure.ROOT else 128
            if self.have and os.path.exists(self.store(self.sets[0])):
                with self.zarrfs(self.sets[0]) as mount, open(mount.at(self.sets[0]), "rb"):
                    self.readahead = mount.readahead()
        return self.readahead

    def zarrfs(self, name, options=""):
        """A fresh mount of a set: neither the kernel's pages nor zarrfs' cache hold anything."""
        return measure.zarrfs(self.store(name), options)


# ---- streaming ----

def check_content(bench, name):
    with bench.zarrfs(name) as mount:
        if subprocess.run(["cmp", mount.at(name), bench.flat(name)], check=False).returncode:
            raise measure.Failed(f"{name}: what zarrfs shows is not the array")


def read_empty(bench, size, direct):
    with measure.empty_fuse(size, direct, bench.fuse_readahead()) as mount:
        return dd(mount.at("f"), mount)


def read_mounted(bench, name, options=""):
    if not bench.have:
        return None
    with bench.zarrfs(name, options) as mount:
        return dd(mount.at(name), mount)


def read_peer(bench, peer, name):
    seconds = measure.peer(peer, bench.store(name))
    return {"wall": seconds, "bytes": datasets.nbytes(name)} if seconds else None


def stream_round(bench, name, got):
    size = datasets.nbytes(name)
    readers = {
        "slab": lambda: program("limit_codec", bench.folder, name, "slab-nt", measure.CORES),
        "fuse": lambda: read_empty(bench, size, False),
        "mount": lambda: read_mounted(bench, name),
        "fuse-direct": lambda: read_empty(bench, size, True),
        "mount-direct": lambda: read_mounted(bench, name, "direct_io"),
        "zarr": lambda: read_peer(bench, "zarr", name),
        "gdal": lambda: read_peer(bench, "gdal", name),
    }
    if name == "u16shard":
        readers["zarr on u16blosc"] = lambda: read_peer(bench, "zarr", "u16blosc")
    for key, read in readers.items():
        value = read()
        if value:
            got.setdefault(key, []).append(value)


def stream_peers(bench, name, got, figure, direct):
    """Rows against zarr-python, GDAL and z5."""
    for key, label in (("zarr", "zarr-python"), ("gdal", "GDAL")):
        if got.get(key):
            yield Row("stream", name, "GB/s", figure, label, rate(got[key]), 1.3)
    base = rate(got["zarr"]) if got.get("zarr") else rate(got["zarr on u16blosc"])
    limit = measure.CORES / (cost(got["slab"]) + cost(got["fuse-direct"]))
    z5 = base * Z5[name]
    label = "z5 (zarr-python's" if got.get("zarr") else "z5 (zarr-python's u16blosc"
    label += f" x {Z5[name]:.2f})" + (", above the limit" if z5 > limit else "")
    yield Row("stream", name + " direct_io", "GB/s", direct, label, z5, 1.0)


def stream_rows(bench, name, got):
    slab = cost(got["slab"])
    figure = rate(got["mount"]) if bench.have else None
    direct = rate(got["mount-direct"]) if bench.have else None
    for label, value, key, bar in (("", figure, "", 0.85), (" direct_io", direct, "-direct", None)):
        fuse = cost(got["fuse" + key])
        yield Row("stream", name + label, "GB/s", value, "combined limit", measure.CORES / (slab + fuse), bar)
        yield Row("stream", name + label, "GB/s", value, "empty FUSE", rate(got["fuse" + key]))
        yield Row("stream", name + label, "CPU s/GB", cost(got["mount" + key]) if bench.have else None,
            f"decode {slab:.2f} + FUSE {fuse:.2f}", slab + fuse)
    yield from stream_peers(bench, name, got, figure, direct)


def stream(bench):
    """dd bs=1M from a cold mount, against the combined limit and against other readers."""
    for name in bench.sets:
        measure.warm(bench.store(name))
        if bench.have:
            measure.warm(bench.flat(name))
            check_content(bench, name)
        got = {}
        stream_round(bench, name, {})  # not counted: a virtual machine's memory is slow until it was used
        for _ in bench.rounds(f"stream {name}"):
            stream_round(bench, name, got)
        yield from stream_rows(bench, name, got)


# ---- several readers ----

def readers(bench):
    """Four readers, in distant parts and in turn, against one."""
    for name in bench.sets if bench.have else ():
        measure.warm(bench.store(name))
        got, peak = {}, 0
        for _ in bench.rounds(f"readers {name}"):
            for how, count in (("parts", 1), ("parts", 4), ("mixed", 4)):
                with bench.zarrfs(name, "cache=256M") as mount:
                    got.setdefault((how, count), []).append(program("reader", how, mount.at(name), count))
                    peak = max(peak, mount.peak() / MIB)
        one = rate(got["parts", 1])
        for label, key in (("4 in distant parts", ("parts", 4)), ("4 interleaved", ("mixed", 4))):
            yield Row("readers", f"{name}, {label}", "GB/s", rate(got[key]), "1 reader", one, 0.5)
        yield Row("readers", f"{name}, peak memory", "MiB", peak, "cache + 64 MiB", 256 + 64, 1.0)


# ---- what the page cache holds ----

def again_round(paths, got):
    for key, path in paths.items():
        got.setdefault(("dd", key), []).append(dd(path))
        got.setdefault(("mmap", key), []).append(program("reader", "mmap", path))


def again_rows(name, got):
    """Against a plain file; and what the page cache gives of the empty file system's file."""
    for how, label in (("dd", "second read"), ("mmap", "mmap scan")):
        figure, plain, fuse = (rate(got[how, key]) for key in ("mount", "plain", "fuse"))
        yield Row("again", f"{name}, {label}", "GB/s", figure, "plain file", plain, 0.9)
        yield Row("again", f"{name}, {label}", "GB/s", figure, "empty FUSE", fuse)


def again(bench):
    """A second read, and an mmap scan, against a plain file; all in the page cache."""
    for name in bench.sets if bench.have else ():
        measure.warm(bench.store(name))
        measure.warm(bench.flat(name))
        got, size = {}, datasets.nbytes(name)
        with bench.zarrfs(name) as mount, measure.empty_fuse(size, False, bench.fuse_readahead()) as empty:
            paths = {"mount": mount.at(name), "plain": bench.flat(name), "fuse": empty.at("f")}
            for path in paths.values():
                dd(path)
            for _ in bench.rounds(f"again {name}", short=True):
                again_round(paths, got)
        yield from again_rows(name, got)


# ---- random reads ----

def write_offsets(bench, region, count):
    """Different pages of the first `region` bytes, in a random order that is always the same."""
    path = os.path.join(bench.folder, "pages.off")
    pages = random.Random(5).sample(range(region // 4096), min(count, region // 4096))
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{page * 4096}\n" for page in pages)
    return path, len(pages)


def random_runs(bench, name, region, offsets):
    """Per number of jobs, runs on zarrfs and on the empty file system: pages dropped before, chunks kept."""
    got = {}
    size = datasets.nbytes(name)
    with contextlib.ExitStack() as stack:
        mounts = {"fuse": (stack.enter_context(measure.empty_fuse(size, False, bench.fuse_readahead())), "f")}
        if bench.have:
            mounts["mount"] = (stack.enter_context(bench.zarrfs(name, "cache=2G,cache_max=2G")), name)
        for mount, file in mounts.values():
            dd(mount.at(file), mount, f"count={region // MIB}")
        for _ in bench.rounds(f"random {name}", short=True):
            for jobs in (1, 4):
                for key, (mount, file) in mounts.items():
                    figures = program("reader", "random", mount.at(file), offsets, jobs, "cold")
                    got.setdefault((key, jobs), []).append(figures)
    return got


def cached(bench):
    """4 KiB random preads of chunks that zarrfs holds and the kernel does not."""
    for name in bench.sets:
        measure.warm(bench.store(name))
        region = min(datasets.nbytes(name) // 2, 128 * MIB) // MIB * MIB
        offsets, count = write_offsets(bench, region, 20000)
        got = random_runs(bench, name, region, offsets)
        for jobs in (1, 4):
            speed = {key: count / median(run["wall"] for run in runs)
                for (key, n), runs in got.items() if n == jobs}
            yield Row("random", f"{name}, {jobs} job{'s' * (jobs > 1)}", "reads/s", speed.get("mount"),
                "empty FUSE", speed["fuse"], 0.7)


def cold(bench):
    """1000 random 4 KiB reads of a cold mount: each may cost one partial decode."""
    for name in bench.sets:
        measure.warm(bench.store(name))
        offsets = os.path.join(bench.folder, datasets.flat_of(name) + ".off")
        got = {"limit": [], "fuse": [], "mount": []}
        for _ in bench.rounds(f"cold {name}"):
            got["limit"].append(program("limit_codec", bench.folder, name, "rand-part", 1))
            with measure.empty_fuse(datasets.nbytes(name)) as mount:
                got["fuse"].append(program("reader", "random", mount.at("f"), offsets, 1))
            if bench.have:
                with bench.zarrfs(name) as mount:
                    got["mount"].append(program("reader", "random", mount.at(name), offsets, 1))
        time_of = {key: median(run["wall"] for run in runs) for key, runs in got.items()}
        yield Row("cold", f"{name}, 1000 reads", "s", time_of["mount"], "partial decodes + FUSE",
            time_of["limit"] + time_of["fuse"], 0.7)


# ---- memory ----

BLOSC = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}


def memory(bench):
    """Peak resident memory while 100 GB are read: no chunk stored, and every chunk stored."""
    rows = 312_500 if datasets.SMALL else 2_500_000
    shape, chunks = (rows, 10_000), (1000, 1000)
    stores = (("sparse", datasets.make_empty(bench.folder, "sparse", shape, chunks, "<i4")),
        ("full", datasets.make_repeated(bench.folder, "repeated", shape, chunks, "<i4", BLOSC)))
    size = f"{rows * 40000 / 1e9:.0f} GB"
    for label, store in stores if bench.have else ():
        bench.say(f"memory: {size}, {label}")
        with measure.zarrfs(store, "cache=256M,direct_io") as mount:
            dd(mount.at(os.listdir(mount.path)[0]))
            peak = mount.peak() / MIB
        yield Row("memory", f"peak, {size} {label}", "MiB", peak, "cache + 64 MiB", 256 + 64, 1.0)


# ---- what must not depend on size ----

def first_times(store):
    """ms of a fresh mount's first: mount, stat, .info, open, read. The read is at the end: behind it there is
    nothing that could be read ahead, and more of that in a longer array."""
    times, clock = {}, time.perf_counter
    name = os.path.basename(store)[:-len(".zarr")]

    def note(key):
        nonlocal last
        times[key], last = (clock() - last) * 1e3, clock()

    last = clock()
    with measure.zarrfs(store) as mount:
        note("mount")
        os.stat(mount.at(name))
        note("stat")
        with open(mount.at(name + ".info"), "rb") as file:
            file.read()
        note(".info")
        fd = os.open(mount.at(name), os.O_RDONLY)
        note("open")
        os.pread(fd, 4096, os.fstat(fd).st_size - 4096)
        note("read of the last 4 KiB")
        os.close(fd)
    return times


def many(bench):
    """Mount, stat, open, .info and a first read of an array with 10^6 chunks, against one with 10."""
    if not bench.have:
        return
    count = 100_000 if datasets.SMALL else 1_000_000
    bench.say(f"many: {count} chunks")
    stores, got = {}, {10: [], count: []}
    for number in got:
        shape = (number * 1000,)
        stores[number] = datasets.make_repeated(bench.folder, f"chunks{number}", shape, (1000,), "<i4", None)
    for _ in range(max(bench.runs, 15)):
        for number, store in stores.items():
            got[number].append(first_times(store))
    for key in got[10][0]:
        small, large = (median(times[key] for times in got[number]) for number in (10, count))
        yield Row("many", f"{key}, {count} chunks", "ms", large, "10 chunks", small, 0.5)


def huge(bench):
    """An array of 3.6 PiB: mount, stat, and 1000 random reads; asked to take less than a second in all."""
    if not bench.have:
        return
    bench.say("huge")
    shape = (10 ** 8, 10 ** 7)
    store = datasets.make_empty(bench.folder, "huge", shape, (1000, 1000), "<i4")
    size, offsets = 4 * shape[0] * shape[1], os.path.join(bench.folder, "huge.off")
    numbers = random.Random(3)
    with open(offsets, "w", encoding="ascii") as file:
        file.writelines(f"{numbers.randrange(size // 4096) * 4096}\n" for _ in range(1000))
    totals, reads = [], []
    for _ in bench.rounds("huge", short=True):
        start = time.perf_counter()
        with measure.zarrfs(store) as mount:
            if os.stat(mount.at("huge")).st_size != size:
                raise measure.Failed("the size of the huge array is wrong")
            figures = program("reader", "zeros", mount.at("huge"), offsets)
            totals.append(time.perf_counter() - start)
            reads.append(figures["p50"] * 1e3)
    yield Row("huge", "3.6 PiB: mount, stat, 1000 random reads", "s", median(totals), "a second", 1.0, 1.0)
    yield Row("huge", "3.6 PiB: one random read", "ms", median(reads), "a millisecond", 1.0, 1.0)


SECTIONS = {
    "stream": stream, "write": writing.write, "scatter": writing.scatter, "readers": readers, "again": again,
    "random": cached, "cold": cold, "memory": memory, "many": many, "huge": huge,
    "codecs": orders.codecs,
    "stores": backends.stores, "keys": backends.keys,
}
PER_SET = ("stream", "write", "scatter", "readers", "again", "random", "cold")
