# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts, programs that read, and their clocks: wall seconds, and CPU seconds of all who take part."""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("BUILDDIR", "."))
PROGRAMS = os.path.join(BUILD, "tests", "bench")
ZARRFS = os.path.abspath(os.environ.get("ZARRFS", os.path.join(BUILD, "zarrfs")))
CORES = len(os.sched_getaffinity(0))
ROOT = os.geteuid() == 0


def have_zarrfs():
    return os.access(ZARRFS, os.X_OK)


def cpu_of(pid):
    """CPU seconds of a running process: its clock is numbered as clock_getcpuclockid(3) does."""
    return time.clock_gettime(~pid << 3 | 2)


class Failed(Exception):
    pass


def run(command, **kwargs):
    """(standard output + error, CPU seconds) of a program that must end well."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   env=dict(os.environ, LC_ALL="C"), **kwargs)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        process.returncode = status
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    if status:
        raise Failed(f"{' '.join(command)}: {text.strip()[-500:]}")
    return text, usage.ru_utime + usage.ru_stime


def program(name, *args):
    """The figures that one of the programs here prints: {"wall": s, "cpu": s, "bytes": n, ...}."""
    text, _ = run([os.path.join(PROGRAMS, name), *map(str, args)])
    return {key: float(value) for key, value in re.findall(r"(wall|cpu|bytes|p50|p99)=([0-9.]+)", text)}


def warm(path):
    """Brings a file, or all files below a folder, into the page cache."""
    names = [path] if os.path.isfile(path) else [
        os.path.join(at, name) for at, _, files in os.walk(path) for name in files]
    buffer = bytearray(1 << 20)
    for name in names:
        with open(name, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass


# ---- mounts ----

def is_mounted(path):
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        return any(line.split(" ")[4] == path for line in file)


class Mount:
    """A file system program, mounted while the block runs. The last argument it gets is the mountpoint."""

    def __init__(self, command):
        self.path = os.path.realpath(tempfile.mkdtemp(prefix="zarrfs-bench-"))
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command + [self.path], stderr=self.errors, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not is_mounted(self.path):
            if self.process.poll() is not None or time.monotonic() > end:
                self.close()
                raise Failed(f"{' '.join(command)}: {self.log() or 'no mount'}")
            time.sleep(0.0005)
        self.device = os.stat(self.path).st_dev

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.close()
        if not kind and self.process.returncode:
            raise Failed(f"{self.process.args[0]} ended with {self.process.returncode}: {self.log()}")

    def log(self):
        return os.pread(self.errors.fileno(), 4000, 0).decode("utf-8", "replace").strip()

    def close(self):
        unmount = ["fusermount3", "-u", "--", self.path]
        for _ in range(500):
            if not is_mounted(self.path) or not subprocess.run(unmount, stderr=subprocess.DEVNULL).returncode:
                break
            time.sleep(0.01)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(OSError):
            os.rmdir(self.path)

    def at(self, name):
        return os.path.join(self.path, name)

    def cpu(self):
        return cpu_of(self.process.pid)

    def readahead(self):
        """KiB that the kernel reads ahead."""
        name = f"/sys/class/bdi/{os.major(self.device)}:{os.minor(self.device)}/read_ahead_kb"
        with open(name, encoding="ascii") as file:
            return int(file.read())

    def peak(self):
        """Most memory that the program has used, in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) << 10


def zarrfs(store, options=""):
    return Mount([ZARRFS, "-f"] + (["-o", options] if options else []) + [store])


def empty_fuse(size, direct=False, readahead=0):
    """The file system that does no work; its one file is "f"."""
    words = (size, int(direct), readahead if ROOT else 0)
    return Mount([os.path.join(PROGRAMS, "limit_fuse"), *map(str, words)])


# ---- readers ----

def dd(path, mount=None, *more):
    """{"wall", "cpu", "bytes"} of dd bs=1M; the CPU seconds hold those of the mount's program."""
    before = mount.cpu() if mount else 0
    text, cpu = run(["dd", f"if={path}", "of=/dev/null", "bs=1M", *more])
    found = re.search(r"(\d+) bytes.* copied, ([0-9.e-]+) s", text)
    cpu += mount.cpu() - before if mount else 0
    return {"wall": float(found[2]), "bytes": int(found[1]), "cpu": cpu}


def dd_into(path, source, mount, *more):
    """The same of dd bs=1M from a file into one of a mount that is there and keeps its size, until it is closed."""
    before = mount.cpu()
    text, cpu = run(["dd", f"if={source}", f"of={path}", "bs=1M", "conv=notrunc", *more])
    found = re.search(r"(\d+) bytes.* copied, ([0-9.e-]+) s", text)
    return {"wall": float(found[2]), "bytes": int(found[1]), "cpu": cpu + mount.cpu() - before}


def cp_into(path, source, mount):
    """The same of cp onto a file that is there."""
    before, start = mount.cpu(), time.perf_counter()
    _, cpu = run(["cp", source, path])
    wall = time.perf_counter() - start
    return {"wall": wall, "bytes": os.path.getsize(source), "cpu": cpu + mount.cpu() - before}


def peer(name, *paths):
    """Wall seconds of another program's way; None where it cannot."""
    text, _ = run([sys.executable, "-B", os.path.join(HERE, "peer.py"), name, *paths])
    return float(text.split()[-1]) if text.split()[-1] != "cannot" else None


def median(values):
    values = sorted(value for value in values if value is not None)
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def busy():
    """CPU seconds that the machine has spent since it was started, and those of our finished programs."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = list(map(int, file.readline().split()[1:9]))
    times = os.times()
    own = times.user + times.system + times.children_user + times.children_system
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK"), own


def check_tools():
    missing = [name for name in ("dd", "fusermount3", "cmp") if not shutil.which(name)]
    if missing or not os.path.exists("/dev/fuse"):
        raise Failed("the bench needs " + ", ".join(missing or ["/dev/fuse"]))
