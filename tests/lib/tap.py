# SPDX-License-Identifier: GPL-3.0-or-later
"""Test Anything Protocol: one line a test point, the plan at the end."""
import contextlib
import sys
import traceback


class Skip(Exception):
    """Raised inside a point(): it is skipped, for the reason given."""


class Tap:
    def __init__(self, out=None):
        self.out = out or sys.stdout
        self.count = self.failed = 0

    def _write(self, line):
        self.out.write(line + "\n")
        self.out.flush()

    def note(self, text):
        for line in str(text).splitlines():
            self._write("# " + line.encode("utf-8", "backslashreplace").decode("utf-8"))

    def ok(self, good, name, *details):
        """One test point. Details (anything printable) are shown when it failed."""
        self.count += 1
        name = str(name).encode("utf-8", "backslashreplace").decode("utf-8")
        name = name.replace("\n", "\\n").replace("#", "\\#")
        self._write(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if not good:
            self.failed += 1
            for detail in details:
                self.note(detail)
        return bool(good)

    def equal(self, got, want, name):
        return self.ok(got == want, name, f"got:  {got!r}", f"want: {want!r}")

    def skip(self, name, reason):
        self.count += 1
        self._write(f"ok {self.count} - {name} # SKIP {reason}")

    @contextlib.contextmanager
    def point(self, name):
        """A block that is one test point: it fails by raising, and is skipped by raising Skip."""
        try:
            yield
        except Skip as reason:
            self.skip(name, reason)
        except Exception as error:  # noqa: whatever it was, it is this point's failure
            self.ok(False, name, traceback.format_exc() if not isinstance(error, AssertionError) else error)
        else:
            self.ok(True, name)

    def bail(self, reason):
        self._write("Bail out! " + reason)
        sys.exit(99)

    def done(self):
        """Prints the plan; the exit status says whether all went well."""
        self._write(f"1..{self.count}" if self.count else "1..0 # SKIP nothing to do")
        sys.exit(1 if self.failed else 0)
