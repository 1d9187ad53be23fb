# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the zarrtool that was built.

    tap = tool.start()
    tool.run("info", store)                     a Result: status, out, err (text)
    tool.run("get", node, binary=True).out      bytes
    tool.expect(tap, "name", ["info", "x"], status=1, err="zarrtool: info: x: No such file or directory\\n")

Programs end with tap.done(). The environment: ZARRTOOL, the program (default: beside ZARRFS); ZF_SEED repeats a run.
"""
import collections
import os
import random
import subprocess
import sys

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

ZARRTOOL = os.path.abspath(
    os.environ.get("ZARRTOOL", os.path.join(os.path.dirname(os.environ.get("ZARRFS", "./zarrfs")), "zarrtool"))
)
TESTDATA = os.environ.get("TESTDATA", os.path.join(os.path.dirname(HERE), "data"))
SANITIZED = os.environ.get("SANITIZERS", "no") != "no"
TIMEOUT = 600 if SANITIZED else 120

Result = collections.namedtuple("Result", "status out err")


def start():
    """What every program does first; returns its Tap."""
    tap = tap_module.Tap()
    if not os.access(ZARRTOOL, os.X_OK):
        tap.bail(f"{ZARRTOOL} is not built (set ZARRTOOL)")
    return tap


def seeded(tap):
    """A random.Random whose seed is shown."""
    seed = int(os.environ.get("ZF_SEED") or random.SystemRandom().randrange(1 << 32))
    tap.note(f"ZF_SEED={seed}")
    return random.Random(seed)


def run(*words, stdin=b"", binary=False, cwd=None, env=None):
    """Runs zarrtool with these words to its end."""
    done = subprocess.run(
        [ZARRTOOL, *map(str, words)],
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT,
        cwd=cwd,
        env=dict(os.environ, **env) if env else None,
        check=False,
    )
    out = done.stdout if binary else done.stdout.decode("utf-8", "surrogateescape")
    return Result(done.returncode, out, done.stderr.decode("utf-8", "surrogateescape"))


def expect(tap, name, words, status=0, out=None, err=""):
    """Runs zarrtool, and is one test point: its status, all of its stderr and, where given, of its stdout."""
    got = run(*words)
    good = got.status == status and got.err == err and (out is None or got.out == out)
    tap.ok(good, name, f"status {got.status}, want {status}", f"err:  {got.err!r}", f"want: {err!r}",
           f"out:  {got.out!r}", f"want: {out!r}")
    return got
