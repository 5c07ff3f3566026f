"""The training step: photographs each second of ours and of the peers, for four networks."""

import contextlib
import json
from statistics import median

import dataset
from machine import SetupError
from peer import KEPT_HEAP, MODES, Processes, run_to_end
from place import STEP
from tables import geometric_mean, number, ratio, spread, table

EVERYWHERE = dict(kernel_size_2=3, dense_size=0, batch_size=64)
SHAPES = [
    dict(kernel_size_1=3, kernel_num=64, height=120, width=90, classes=3, **EVERYWHERE),
    dict(kernel_size_1=7, kernel_num=96, height=80, width=60, classes=2, **EVERYWHERE),
    dict(kernel_size_1=3, kernel_num=32, height=80, width=60, classes=2, **EVERYWHERE),
    dict(kernel_size_1=5, kernel_num=128, height=80, width=60, classes=2, **EVERYWHERE),
]
# The column with so many classes.
COLUMNS = {2: "gender", 3: "category"}
# Sixteen batches, in turns.
PHOTOGRAPHS = 1024
# name -> (script, settings, environment)
PEERS = {
    "Keras": ("keras_step.py", {}, {}),
    "PyTorch": ("pytorch_step.py", {"tuned": False}, {}),
    "PyTorch, tuned": ("pytorch_step.py", {"tuned": True}, KEPT_HEAP),
    "matrix product": ("matrix_product.py", {}, {}),
}
EXPLANATION = """\
Photographs each second of forward, backward and Adam, batch 64; median (lowest–highest) of {rounds}
rounds of {seconds} s. All train on the same {count} photographs, mixed, of {photographs}, those of
120×90 enlarged. In each round all are measured, one after the other, in an order that turns with the
round; warm-up is not counted. Each peer is measured both as 1 process with 2 threads and as
2 processes with 1 thread each at the same time; the better (by its median) is shown, and which it
was. Ours is one process with two workers of one thread. Ratio: our median / the peer's.

GFLOP/s counts the operations that a photograph needs, by 2 × (C1 + C2 + P1·C1/4 + 2·P2·C2/4 + 3·D),
where C1, C2 and D are the multiply-adds of the convolutions and the dense layer forwards. Backwards,
only one of four pixels was pooled, and only the shares P1 and P2 of the pooled values passed ReLU;
the others have no gradient, and ours leaves them out. P1 and P2 were counted in our last step of each
round (medians; they differ for other photographs and weights). So the share of the limit, a matrix
product of 2048³ in single precision by PyTorch in the same rounds, tells how much of the machine is
used for work that has to be done. The last column is what all operations would need in the same time,
those on zeros too, as the peers compute them."""


def multiply_adds(shape):
    """Of one photograph forwards: (first convolution, second convolution, dense layer).

    A row or column of a convolution that pooling leaves over does not count.
    """
    kernel_num, height, width, channels, of_layers = (
        shape["kernel_num"], shape["height"], shape["width"], 3, []
    )  # fmt: skip
    for size in (shape["kernel_size_1"], shape["kernel_size_2"]):
        height, width = (height - size + 1) // 2, (width - size + 1) // 2
        of_layers.append(4 * height * width * kernel_num * size**2 * channels)
        channels = kernel_num
    return *of_layers, height * width * kernel_num * shape["classes"]


def gigaflop(shape, passed=None):
    """Floating-point operations of training on one photograph, in 10⁹.

    Those that are needed, if these shares of the blocks' pooled values passed ReLU; else all.
    """
    first, second, dense = multiply_adds(shape)
    if passed is None:
        return 2 * (2 * first + 3 * second + 3 * dense) / 1e9
    of_first, of_second = (share / 4 for share in passed)
    return 2 * (first * (1 + of_first) + second * (1 + 2 * of_second) + 3 * dense) / 1e9


def measure_ours(shape, seconds):
    """Photographs each second, and the shares of the pooled values that passed ReLU."""
    arguments = ["--seconds", seconds, "--workers", 2]
    for key in ("kernel_size_1", "kernel_size_2", "kernel_num", "dense_size", "batch_size", "photographs"):
        arguments += ["--" + key.replace("_", "-"), shape[key]]
    [printed], _ = run_to_end([([STEP, *arguments], {})], "step")
    try:
        figures = json.loads(printed)
        return figures["images_per_second"], figures["passed"]
    except (ValueError, KeyError):
        raise SetupError(f"`{STEP}` printed `{printed.strip()}`, expected its figures as JSON")


def measure_shape(python, shape, rounds, seconds, say):
    """All rounds of one network: {name: {mode's name: figures}}, and what passed ReLU in each."""
    passed = []

    def ours():
        rate, shares = measure_ours(shape, seconds)
        passed.append(shares)
        return rate

    with contextlib.ExitStack() as stack:
        measures = {("ours", ""): ours}
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
    if None in passed:
        raise SetupError("this processor lacks AVX2 or fused multiply-add: it is not for this part")
    return figures, [median(shares) for shares in zip(*passed)]


def run(python, quick, say):
    """Measures all networks; returns Markdown."""
    if not STEP.exists():
        raise SetupError(
            f"there is no `{STEP}`\n"
            "  `cargo build --release -p fitroom-train --example step` makes it."
        )
    rounds, seconds = (1, 1) if quick else (5, 4)
    folder, measured = dataset.ensure(), []
    for shape in SHAPES:
        say(f"step: {title(shape)}")
        column, size = COLUMNS[shape["classes"]], (shape["height"], shape["width"])
        photographs = dataset.photographs(python, folder, column, PHOTOGRAPHS, size)
        settings = {**shape, "photographs": str(photographs)}
        measured.append(measure_shape(python, settings, rounds, seconds, say))
    explanation = EXPLANATION.format(
        rounds=rounds, seconds=seconds, count=PHOTOGRAPHS, photographs=dataset.describe(folder)
    )
    return "\n\n".join(["## The training step", explanation, *report(measured)])


def report(measured):
    """Tables of speeds, of ratios and of shares of the machine's limit."""
    speeds, ratios, limits, shares = [], {}, [], []
    for shape, (figures, passed) in zip(SHAPES, measured):
        ours, best = median(figures["ours"][""]), {}
        row = [title(shape), spread(figures["ours"][""])]
        for name in PEERS:
            mode = max(figures[name], key=lambda mode: median(figures[name][mode]))
            best[name] = median(figures[name][mode])
            if name != "matrix product":
                row.append(f"{spread(figures[name][mode])}, {mode}")
                ratios.setdefault(name, []).append(ours / best[name])
        speeds.append(row)
        needed, limit = ours * gigaflop(shape, passed), best["matrix product"]
        shares.append(needed / limit)
        limits.append(
            [title(shape), *(f"{share:.0%}" for share in passed), number(needed), number(limit),
             f"{shares[-1]:.0%}", number(ours * gigaflop(shape))]
        )  # fmt: skip
    names = list(ratios)
    rows = [
        [title(shape), *(ratio(ratios[name][index]) for name in names)]
        for index, shape in enumerate(SHAPES)
    ]
    rows.append(["geometric mean", *(ratio(geometric_mean(ratios[name])) for name in names)])
    limits.append(["geometric mean", "", "", "", "", f"{geometric_mean(shares):.0%}", ""])
    heading = "kernel_size_1, kernel_num, image"
    columns = ["P1", "P2", "GFLOP/s", "matrix product", "share", "of all operations, GFLOP/s"]
    return [
        table([heading, "ours", *names], speeds),
        table([heading, *(f"ours / {name}" for name in names)], rows),
        table([heading, *columns], limits),
    ]


def title(shape):
    return f"{shape['kernel_size_1']}, {shape['kernel_num']}, {shape['height']}×{shape['width']}"
