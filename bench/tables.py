"""Markdown tables, and the figures that stand in them."""

import math
from statistics import median


def table(header, rows):
    """A Markdown table; the first column is text, the others are figures."""
    rows = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    lines = []
    for row in [rows[0], rule, *rows[1:]]:
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread(figures):
    """`median (lowest–highest)`."""
    return f"{number(median(figures))} ({number(min(figures))}–{number(max(figures))})"


def number(figure):
    """Three digits, no exponent."""
    return (
        f"{figure:.0f}" if figure >= 100 else f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"
    )


def ratio(figure):
    return f"{figure:.2f}×"


def geometric_mean(figures):
    return math.exp(sum(map(math.log, figures)) / len(figures))
