"""Draws the photographs that make.py trains on: crosses, discs and squares, bright and dark."""

import random
import struct
import zlib

PHOTOGRAPHS, WIDTH, HEIGHT = 60, 14, 18
SHAPES = ["cross", "disc", "square"]
INKS = {"bright": 150, "dark": 40}
# Of each ten of a shape and colour.
SPLITS = ["train"] * 7 + ["validation"] * 2 + ["test"]


def draw(number):
    """One photograph, a shape somewhere on noise, as a PNG; and its line of labels.csv."""
    # The last, of test, shows the same as one of train.
    noise = random.Random(number if number + 1 < PHOTOGRAPHS else 5)
    shape, (colour, ink) = SHAPES[number % 3], list(INKS.items())[number // 3 % 2]
    centre_x, centre_y = 5 + noise.randrange(4), 6 + noise.randrange(6)
    lines = b""
    for y in range(-centre_y, HEIGHT - centre_y):
        line = b"\0"
        for x in range(-centre_x, WIDTH - centre_x):
            inside = {
                "cross": min(abs(x), abs(y)) <= 1 and max(abs(x), abs(y)) <= 4,
                "disc": x * x + y * y <= 16,
                "square": max(abs(x), abs(y)) <= 3,
            }[shape]
            line += bytes((ink if inside else 190) + noise.randrange(32) for _ in "rgb")
        lines += line
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return png, f"{number:02}.png,{shape},{colour},{SPLITS[number // 6]}\n"
