"""Results as Markdown."""

import statistics


def line(cells):
    return "| " + " | ".join(cells) + " |"


def table(header, rows):
    return "\n".join([line(header), line(["---"] * len(header)), *map(line, rows)])


def spread(values):
    """The median, and the lowest and highest value if there are several."""
    median = f"{statistics.median(values):.0f}"
    return median if len(values) == 1 else f"{median} ({min(values):.0f} to {max(values):.0f})"


def duration(seconds):
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
