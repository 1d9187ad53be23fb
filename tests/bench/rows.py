# SPDX-License-Identifier: GPL-3.0-or-later
"""A line of the bench's table, and the figures in it."""
from measure import median

LOW_IS_GOOD = ("s", "ms", "MiB", "CPU s/GB")
MIB = 1 << 20


class Row:
    """One line of the table."""

    def __init__(self, section, what, unit, value, against, other, bar=None, ratio=None):
        self.section, self.what, self.unit, self.value = section, what, unit, value
        self.against, self.other, self.bar, self.ratio = against, other, bar, ratio
        if ratio is None and value and other:
            self.ratio = other / value if unit in LOW_IS_GOOD else value / other

    def verdict(self):
        if self.ratio is None or self.bar is None:
            return ""
        return "pass" if self.ratio >= self.bar else "below"


def rate(figures):
    """GB/s, from the medians of runs."""
    wall = median(figure["wall"] for figure in figures if figure)
    return figures[0]["bytes"] / wall / 1e9 if wall else None


def cost(figures):
    """CPU s/GB."""
    spent = median(figure["cpu"] for figure in figures if figure)
    return spent / figures[0]["bytes"] * 1e9 if spent else None
