# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts stores with the zarrfs that was built, and always unmounts them again.

    with harness.Mount("x.zarr", "cache=1M") as mount:
        data = mount.read("temp/t2m")
        mount.log()     # the lines of stderr so far

Programs start with `tap = harness.start()` and end with `tap.done()`. The environment: ZARRFS, the program;
without /dev/fuse a test fails, unless ZARRFS_NO_FUSE=1 says that it may be skipped; ZF_SEED repeats a run.
"""
import atexit
import contextlib
import ctypes
import errno
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))

try:
    import numpy  # noqa: F401
    import zarr  # noqa: F401
except ImportError:
    # Another Python may stand before the system's, whose packages these are.
    if os.path.realpath(sys.executable) != os.path.realpath("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)
    print("Bail out! python3-zarr and python3-numpy are needed")
    sys.exit(99)

import tap as tap_module  # noqa: E402
import testdata  # noqa: E402

Skip = tap_module.Skip
ZARRFS = os.path.abspath(os.environ.get("ZARRFS", "./zarrfs"))
SANITIZED = os.environ.get("SANITIZERS", "no") != "no"
PREFIX = "zarrfs: "  # of each line in the log
ADVICE = (PREFIX + "readahead stays at ", PREFIX + "mounted read-only: ")
SLOW = 10 if SANITIZED else 1  # how much longer everything may take
_mounts = set()


def start():
    """What every program does first; returns its Tap."""
    tap = tap_module.Tap()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(99))
    atexit.register(_clean)
    if not os.access(ZARRFS, os.X_OK):
        tap.bail(f"{ZARRFS} is not built (set ZARRFS)")
    if not os.path.exists("/dev/fuse"):
        if os.environ.get("ZARRFS_NO_FUSE") == "1":
            print("1..0 # SKIP there is no /dev/fuse")
            sys.exit(0)
        tap.bail("there is no /dev/fuse (ZARRFS_NO_FUSE=1 skips the tests that mount)")
    return tap


def seeded(tap):
    """A random.Random whose seed is shown."""
    seed = int(os.environ.get("ZF_SEED") or random.SystemRandom().randrange(1 << 32))
    tap.note(f"ZF_SEED={seed}")
    return random.Random(seed)


def _clean():
    for mount in list(_mounts):
        with contextlib.suppress(Exception):
            mount.kill()


def is_mounted(path):
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            where = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), line.split(" ")[4])
            if where == path:
                return True
    return False


def unmount(path, lazy=False):
    """fusermount3 -u; returns its exit status."""
    command = ["fusermount3", "-u"] + (["-z"] if lazy else []) + ["--", path]
    return subprocess.run(command, stderr=subprocess.PIPE, check=False).returncode


def wait_until(what, seconds=20):
    """Polls until what() is true; for events that nothing announces."""
    end = time.monotonic() + seconds * SLOW
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class MountFailed(Exception):
    def __init__(self, status, lines):
        super().__init__(f"zarrfs ended with status {status}: {' / '.join(lines)}")
        self.status, self.lines = status, lines


class Mount:
    """A store mounted by zarrfs -f in a directory of its own. options: what follows -o."""

    def __init__(self, store, options="", args=(), mountpoint=None, env=None):
        self.own = mountpoint is None
        self.path = mountpoint or os.path.realpath(tempfile.mkdtemp(prefix="zarrfs-mnt-"))
        self.errors = tempfile.TemporaryFile()
        command = [ZARRFS, "-f", *args] + (["-o", options] if options else []) + [store, self.path]
        self.process = subprocess.Popen(
            command,
            stderr=self.errors,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env=dict(os.environ, **(env or {})),
        )
        _mounts.add(self)
        done = lambda: is_mounted(self.path) or self.process.poll() is not None
        if not wait_until(done) or self.process.poll() is not None:
            status = self.process.poll()
            self.kill()
            raise MountFailed(status, self.log())

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if not kind:
            self.close()
            return
        # Whatever went wrong, zarrfs may have said why.
        for line in self.stderr()[-20:]:
            print("# said:", line.encode("utf-8", "backslashreplace").decode("utf-8"))
        self.kill()

    def stderr(self):
        """The lines of stderr so far."""
        end = os.fstat(self.errors.fileno()).st_size
        text = os.pread(self.errors.fileno(), end, 0)
        return text.decode("utf-8", "surrogateescape").splitlines()

    def log(self):
        """The same without what is said of each such mount: advice on readahead, or that it is read-only."""
        return [line for line in self.stderr() if not line.startswith(ADVICE)]

    def wait(self, seconds=30):
        try:
            return self.process.wait(seconds * SLOW)
        except subprocess.TimeoutExpired:
            return None

    def close(self):
        """Unmounts, and insists that the program ends well."""
        wait_until(lambda: unmount(self.path) == 0 or self.process.poll() is not None, 5)
        status = self.wait()
        lines = self.log()
        self.kill()
        if status != 0:
            raise AssertionError(f"zarrfs ended with status {status}:\n" + "\n".join(lines[-40:]))

    def kill(self):
        """Whatever happened, nothing stays behind."""
        _mounts.discard(self)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if is_mounted(self.path):
            unmount(self.path, lazy=True)
        if self.own:
            with contextlib.suppress(OSError):
                os.rmdir(self.path)

    # ---- what is mounted ----

    def at(self, path=""):
        return os.path.join(self.path, path) if path else self.path

    def read(self, path):
        with open(self.at(path), "rb", buffering=0) as file:
            return read_all(file.fileno())

    def info(self, path):
        return json.loads(self.read(path + ".info").decode("utf-8"))

    def error_of(self, path, offset=0, length=1 << 20):
        """(what failed, errno) of opening and reading; ("read", 0) where both went well."""
        return error_of(self.at(path), offset, length)

    def peak(self):
        """Most memory that the program has used, in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) << 10


def unlimited(path, options=""):
    """A mount whose log leaves nothing out: with -d."""
    return Mount(path, options, ("-d",))


class NewLines:
    """The lines that came since the last look."""

    def __init__(self, mount):
        self.mount, self.seen = mount, 0

    def new(self):
        lines = [line for line in self.mount.log() if line.startswith(PREFIX)]
        fresh, self.seen = lines[self.seen:], len(lines)
        return fresh


def read_all(fd, block=1 << 20):
    parts = []
    while True:
        part = os.read(fd, block)
        if not part:
            return b"".join(parts)
        parts.append(part)


def sha256(path, block=1 << 20):
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while part := file.read(block):
            digest.update(part)
    return digest.hexdigest()


def error_of(path, offset=0, length=1 << 20):
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError as error:
        return "open", error.errno
    try:
        os.pread(fd, length, offset)
    except OSError as error:
        return "read", error.errno
    finally:
        os.close(fd)
    return "read", 0


def errno_name(number):
    if number == errno.EOPNOTSUPP:
        return "EOPNOTSUPP"  # Python has ENOTSUP, the same number
    return errno.errorcode.get(number, str(number))


def run(command, **kwargs):
    """A command's (status, stdout, stderr) as text."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=120 * SLOW, **kwargs
    )
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def own_namespace():
    """What to put before a command that changes mounts. The copies of other tests' mounts go at once: they
    would keep those alive after they were unmounted."""
    script = 'umount -l -a -t fuse.zarrfs 2>/dev/null; exec "$@"'
    return ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh"]


def temporary():
    return os.path.realpath(testdata.temporary())


def have(program):
    return shutil.which(program) is not None


KEEP_SIZE, PUNCH_HOLE = 1, 2


def fallocate(fd, mode, offset, length):
    """fallocate(2), of which Python has mode 0 only."""
    if _libc().fallocate(fd, mode, ctypes.c_longlong(offset), ctypes.c_longlong(length)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def renameat2(source, target, flags):
    """renameat2(2): RENAME_NOREPLACE is 1, RENAME_EXCHANGE 2."""
    here = -100
    if _libc().renameat2(here, os.fsencode(source), here, os.fsencode(target), flags):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def outcome(call, *args):
    """What a call returns, or the name of its error."""
    try:
        return call(*args)
    except OSError as error:
        return errno_name(error.errno)
