"""The training step: photographs each second of ours and of the peers, for four networks."""

import contextlib
import json
from statistics import median

from machine import SetupError
from peer import KEPT_HEAP, MODES, Processes, run_to_end
from place import STEP
from tables import geometric_mean, number, ratio, spread, table

SHAPES = [
    dict(kernel_size_1=3, kernel_num=64, height=120, width=90, classes=3),
    dict(kernel_size_1=7, kernel_num=96, height=80, width=60, classes=2),
    dict(kernel_size_1=3, kernel_num=32, height=80, width=60, classes=2),
    dict(kernel_size_1=5, kernel_num=128, height=80, width=60, classes=2),
]
EVERYWHERE = dict(kernel_size_2=3, dense_size=0, batch_size=64)
# name -> (script, settings, environment)
PEERS = {
    "Keras": ("keras_step.py", {}, {}),
    "PyTorch": ("pytorch_step.py", {"tuned": False}, {}),
    "PyTorch, tuned": ("pytorch_step.py", {"tuned": True}, KEPT_HEAP),
    "matrix product": ("matrix_product.py", {}, {}),
}
EXPLANATION = """\
Photographs each second of forward, backward and Adam, batch 64; median (lowest–highest) of {rounds}
rounds of {seconds} s. In each round all are measured, one after the other, in an order that turns
with the round; warm-up is not counted. Each peer is measured both as 1 process with 2 threads and
as 2 processes with 1 thread each at the same time; the better (by its median) is shown, and which
it was. Ours is one process with two workers of one thread. Ratio: our median / the peer's.

GFLOP/s is photographs each second × 2 × (2·C1 + 3·C2 + 3·D), where C1, C2 and D are the
multiply-adds of the two convolutions and the dense layer for one photograph, forwards, without
padding: each has its forward pass and its weight gradient, and all but the first convolution an
input gradient. All are counted by this number, also ours, which leaves out gradients that are zero
because pooling or ReLU stopped them. Its GFLOP/s are therefore nominal: they can pass the limit,
say nothing about how well the processor is used, and depend on the photographs and the weights,
which the peers' do not. The limit is a matrix product of 2048³ in single precision, by PyTorch, in
the same rounds."""


def multiply_adds(shape):
    """Of one photograph: (first convolution, second convolution, dense layer), forwards."""
    kernel_num, height, width, channels, of_layers = (
        shape["kernel_num"], shape["height"], shape["width"], 3, []
    )  # fmt: skip
    for size in (shape["kernel_size_1"], shape["kernel_size_2"]):
        height, width = height - size + 1, width - size + 1
        of_layers.append(height * width * kernel_num * size**2 * channels)
        height, width, channels = height // 2, width // 2, kernel_num
    return *of_layers, height * width * kernel_num * shape["classes"]


def gigaflop(shape):
    """Floating-point operations of training on one photograph, in 10⁹."""
    first, second, dense = multiply_adds(shape)
    return 2 * (2 * first + 3 * second + 3 * dense) / 1e9


def measure_ours(shape, seconds):
    arguments = []
    for key, value in {**shape, "seconds": seconds, "workers": 2}.items():
        arguments += ["--" + key.replace("_", "-"), value]
    [printed], _ = run_to_end([([STEP, *arguments], {})], "step")
    try:
        return json.loads(printed)["images_per_second"]
    except (ValueError, KeyError):
        raise SetupError(f"`{STEP}` printed `{printed.strip()}`, expected its figures as JSON")


def measure_shape(python, shape, rounds, seconds, say):
    """All rounds of one network: {name: {mode's name: figures}}."""
    with contextlib.ExitStack() as stack:
        measures = {("ours", ""): lambda: measure_ours(shape, seconds)}
        for name, (script, settings, environment) in PEERS.items():
            for mode in MODES:
                processes = Processes(python, script, mode, {**shape, **settings}, environment)
                stack.enter_context(processes)
                # One after the other: warm-ups at the same time would only be slower.
                processes.wait_until_ready()
                length = min(seconds, 2) if name == "matrix product" else seconds

                def measure(processes=processes, length=length):
                    answers, _ = processes.ask([{"seconds": length}] * len(processes.calls))
                    return sum(answer["rate"] for answer in answers)

                measures[name, mode.name] = measure
        figures = {}
        order = list(measures)
        for turn in range(rounds):
            start = turn * 4 % len(order)
            for name, mode in order[start:] + order[:start]:
                rate = measures[name, mode]()
                figures.setdefault(name, {}).setdefault(mode, []).append(rate)
                say(f"round {turn + 1}: {' · '.join(filter(None, [name, mode]))}: {number(rate)}")
    return figures


def run(python, quick, say):
    """Measures all networks; returns Markdown."""
    if not STEP.exists():
        raise SetupError(
            f"there is no `{STEP}`\n"
            "  `cargo build --release -p fitroom-train --example step` makes it."
        )
    rounds, seconds = (1, 1) if quick else (5, 6)
    shapes = [{**EVERYWHERE, **shape} for shape in SHAPES]
    measured = []
    for shape in shapes:
        say(f"step: {title(shape)}")
        measured.append(measure_shape(python, shape, rounds, seconds, say))
    explanation = EXPLANATION.format(rounds=rounds, seconds=seconds)
    return "\n\n".join(["## The training step", explanation, *report(shapes, measured)])


def report(shapes, measured):
    """Tables of speeds, of ratios and of shares of the machine's limit."""
    speeds, ratios, limits, shares = [], {}, [], []
    for shape, figures in zip(shapes, measured):
        ours, best = median(figures["ours"][""]), {}
        row = [title(shape), spread(figures["ours"][""])]
        for name in PEERS:
            mode = max(figures[name], key=lambda mode: median(figures[name][mode]))
            best[name] = median(figures[name][mode])
            if name != "matrix product":
                row.append(f"{spread(figures[name][mode])}, {mode}")
                ratios.setdefault(name, []).append(ours / best[name])
        speeds.append(row)
        shares.append(ours * gigaflop(shape) / best["matrix product"])
        limits.append(
            [title(shape), number(gigaflop(shape)), number(ours * gigaflop(shape)),
             number(best["matrix product"]), f"{shares[-1]:.0%}"]
        )  # fmt: skip
    names = list(ratios)
    rows = [
        [title(shape), *(ratio(ratios[name][index]) for name in names)]
        for index, shape in enumerate(shapes)
    ]
    rows.append(["geometric mean", *(ratio(geometric_mean(ratios[name])) for name in names)])
    limits.append(["geometric mean", "", "", "", f"{geometric_mean(shares):.0%}"])
    heading = "kernel_size_1, kernel_num, image"
    return [
        table([heading, "ours", *names], speeds),
        table([heading, *(f"ours / {name}" for name in names)], rows),
        table(
            [heading, "GFLOP each", "ours, nominal GFLOP/s", "matrix product", "nominal share"],
            limits,
        ),
    ]


def title(shape):
    return f"{shape['kernel_size_1']}, {shape['kernel_num']}, {shape['height']}×{shape['width']}"
