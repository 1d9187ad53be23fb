# SPDX-License-Identifier: GPL-3.0-or-later
"""Delta debugging: the shortest list that still fails, found by leaving out ever smaller parts."""


def shortest(ops, fails, attempts=120):
    """A shorter list for which fails(list) is true. What comes after the failing step is left out first by the
    caller. Gives up after so many attempts."""
    parts = 2
    while len(ops) > 1 and attempts > 0:
        size = -(-len(ops) // parts)
        for start in range(0, len(ops), size):
            shorter = ops[:start] + ops[start + size :]
            attempts -= 1
            if fails(shorter):
                ops, parts = shorter, max(parts - 1, 2)
                break
            if attempts <= 0:
                break
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(ops))
    return ops
