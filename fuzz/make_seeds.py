"""Makes corpus/event_file/, the event files that the fuzzer starts from.

    make_seeds.py OURS

OURS is a small event file by our own writer:
`cargo run --release -p fitroom-tensorboard --example write_events FOLDER 3` prints where it made one.
"""

import struct
import sys
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus/event_file"
OTHERS = HERE.parent / "crates/tensorboard/tests/reading/files"


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def header(length):
    data = struct.pack("<Q", length)
    return data + struct.pack("<I", masked_crc32c(data))


def record(data):
    return header(len(data)) + data + struct.pack("<I", masked_crc32c(data))


def field(number, data):
    """A field with a length, below 2^14."""
    length = len(data)
    size = [length] if length < 0x80 else [length & 0x7F | 0x80, length >> 7]
    return bytes([number << 3 | 2, *size]) + data


def summary(*values):
    return record(field(5, b"".join(field(1, value) for value in values)))


def nested(depth, wrap):
    data = b""
    for _ in range(depth):
        data = wrap(data)
    return data


def of_plugin(plugin, tag, tensor=b"", content=b""):
    data = field(1, plugin) + (field(2, content) if content else b"")
    return field(1, tag) + field(9, field(1, data)) + (field(8, tensor) if tensor else b"")


def seeds(ours):
    files = {file.stem: file.read_bytes() for file in sorted(OTHERS.iterdir())}
    yield from files.items()
    yield "ours", ours
    yield "ours_twice", ours + ours

    small = files["tensorboard"]
    first = 12 + struct.unpack_from("<Q", small)[0] + 4
    yield "cut_in_length", small[: first + 5]
    yield "cut_in_data", small[: first + 30]
    yield "cut_in_checksum", small[:-1]
    for name, place in (("length", 0), ("checksum_of_length", 9), ("data", 40), ("end", -1)):
        place = place if place < 0 else first + place
        damaged = bytearray(small)
        damaged[place] ^= 0x10
        yield f"damaged_{name}", bytes(damaged)
    yield "zeros", bytes(64)
    yield "longer_than_the_file", small + header(200 << 20) + b"short"
    yield "longest_length", small + header(2**64 - 1) + b"short"

    yield "empty", b""
    yield "empty_record", record(b"")
    yield "no_event", record(b"\xff\xff") + small
    yield "no_summary", record(field(5, b"\x12\x00"))
    yield "empty_values", summary(*[b""] * 50)
    yield "groups", record(b"\x7b" * 300)
    lists = nested(120, lambda inner: field(6, field(1, inner)))
    start = field(3, field(1, field(1, b"a") + field(2, lists)))
    tag = b"_hparams_/session_start_info"
    yield "nested_lists", summary(of_plugin(b"hparams", tag, content=start))
    yield "no_hparams", summary(of_plugin(b"hparams", tag, content=b"\xff"))

    unbounded = field(2, b"\x08" + b"\xff" * 9 + b"\x01")
    huge = field(2, b"\x08" + b"\xff" * 8 + b"\x7f")
    one = field(5, struct.pack("<f", 1.0))
    for name, shape in (("negative", unbounded), ("huge", huge + huge), ("no_rank", b"\x18\x01")):
        tensor = b"\x08\x01" + field(2, shape) + one
        yield f"{name}_shape", summary(of_plugin(b"scalars", b"a", tensor))
    text = b"\x08\x07" + field(8, b"\xff") + field(8, b"12")
    for plugin in (b"images", b"text", b"graph_keras_model", b"histograms"):
        name = f"strings_for_{plugin.decode()}"
        yield name, summary(of_plugin(plugin, b"a", text), of_plugin(plugin, b"a", text))
    ragged = field(5, field(6, struct.pack("<d", 1.0)) + field(7, struct.pack("<3d", 1.0, 0.0, 2.0)))
    yield "ragged_histogram", summary(field(1, b"a") + ragged)


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, content in seeds(Path(sys.argv[1]).read_bytes()):
        (CORPUS / name).write_bytes(content)


main()
