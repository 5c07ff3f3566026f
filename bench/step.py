"""The training step: photographs each second of ours and of the peers, for four networks."""

import contextlib
import json
from statistics import median

import dataset
from machine import SetupError
from peer import KEPT_HEAP, MODES, Processes, run_to_end
from place import STEP
from tables import geometric_mean, number, ratio, spread, table

KERNELS = ["kernel_size_1", "kernel_size_2", "kernel_num"]
EVERYWHERE = dict(kernel_size_2=3, dense_size=0, batch_size=64)
SHAPES = [
    dict(kernel_size_1=3, kernel_num=64, height=120, width=90, classes=3, **EVERYWHERE),
    dict(kernel_size_1=7, kernel_num=96, height=80, width=60, classes=2, **EVERYWHERE),
    dict(kernel_size_1=3, kernel_num=32, height=80, width=60, classes=2, **EVERYWHERE),
    dict(kernel_size_1=5, kernel_num=128, height=80, width=60, classes=2, **EVERYWHERE),
]
# Sixteen batches, in turns.
PHOTOGRAPHS = 1024
# Two times all of them, so that the weights have left their beginnings: our speed depends on how many
# of the pooled values pass ReLU.
WARM_UP = 32
# name -> (script, settings, environment)
PEERS = {
    "Keras": ("keras_step.py", {}, {}),
    "PyTorch": ("pytorch_step.py", {"tuned": False}, {}),
    "PyTorch, tuned": ("pytorch_step.py", {"tuned": True}, KEPT_HEAP),
    "matrix product": ("matrix_product.py", {}, {}),
}
EXPLANATION = """\
Photographs each second of forward, backward and Adam, batch 64; median (lowest–highest) of {rounds}
rounds of {seconds} s. All train on the same {count} photographs, mixed, of {photographs},
brought to the size. In each round all are measured, one after the other, in an order that turns with
the round; warm-up is not counted. Each peer is measured both as 1 process with 2 threads and as
2 processes with 1 thread each at the same time; the better (by its median) is shown, and which it
was. Peers go on training the same network in the next round; ours is a new process, with two workers
of one thread, which trains {warm_up} steps before its time counts. Ratio: our median / the peer's.

GFLOP/s counts the operations that ours executes: 2 × (C1 + C1/4 + C2 + 2·P2·C2/4 + 3·D) for a
photograph, where C1, C2 and D are the multiply-adds of the convolutions and the dense layer forwards,
without the rows and columns that pooling leaves over. Backwards, one of four pixels was pooled, and
in the second block only the share P2 of the pooled values that passed ReLU is multiplied with; it was
counted in the last step of each round (medians; it differs for other photographs and weights). The
limit is a matrix product of 2048³ in single precision by PyTorch in the same rounds. The last column
is what a program that leaves nothing out, as the peers, would have to compute for the same speed."""


def multiply_adds(shape):
    """Of one photograph forwards: (first convolution, second convolution, dense layer).

    A row or column of a convolution that pooling leaves over does not count.
    """
    kernel_num, height, width, channels, of_layers = (
        shape["kernel_num"], shape["height"], shape["width"], 3, []
    )  # fmt: skip
    for size in (shape[key] for key in KERNELS[:2]):
        height, width = (height - size + 1) // 2, (width - size + 1) // 2
        of_layers.append(4 * height * width * kernel_num * size**2 * channels)
        channels = kernel_num
    return *of_layers, height * width * kernel_num * shape["classes"]


def gigaflop(shape, passed=None):
    """Floating-point operations of training on one photograph, in 10⁹.

    Those that ours executes, if this share of the second block's pooled values passed ReLU; else all.
    """
    first, second, dense = multiply_adds(shape)
    if passed is None:
        return 2 * (2 * first + 3 * second + 3 * dense) / 1e9
    return 2 * (first * (1 + 1 / 4) + second * (1 + 2 * passed / 4) + 3 * dense) / 1e9


def measure_ours(shape, seconds):
    """Photographs each second, and the share of the second block's pooled values that passed ReLU."""
    arguments = ["--seconds", seconds, "--workers", 2, "--warm-up", WARM_UP]
    for key in [*KERNELS, "dense_size", "batch_size", "photographs"]:
        arguments += ["--" + key.replace("_", "-"), shape[key]]
    [printed], _ = run_to_end([([STEP, *arguments], {})], "step")
    try:
        figures = json.loads(printed)
        rate, passed = figures["images_per_second"], figures["passed"]
    except (ValueError, KeyError):
        raise SetupError(f"`{STEP}` printed `{printed.strip()}`, expected its figures as JSON")
    if passed is None:
        raise SetupError("this processor lacks AVX2 or fused multiply-add: it is not for this part")
    return rate, passed[1]


def measure_shape(python, shape, rounds, seconds, say):
    """All rounds of one network: {name: {mode's name: figures}}, and what passed ReLU in each."""
    passed = []

    def ours():
        rate, share = measure_ours(shape, seconds)
        passed.append(share)
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
    return figures, median(passed)


def run(python, quick, say):
    """Measures all networks; returns Markdown."""
    if not STEP.exists():
        raise SetupError(
            f"there is no `{STEP}`\n"
            "  `cargo build --release -p fitroom-train --example step` makes it."
        )
    rounds, seconds = (1, 1) if quick else (5, 4)
    folder, counts, measured = dataset.ensure(), set(), []
    for shape in SHAPES:
        say(f"step: {title(shape)}")
        photographs, count = dataset.photographs(python, folder, shape, PHOTOGRAPHS)
        counts.add(count)
        settings = {**shape, "photographs": str(photographs)}
        measured.append(measure_shape(python, settings, rounds, seconds, say))
    explanation = EXPLANATION.format(
        rounds=rounds,
        seconds=seconds,
        count=" or ".join(map(str, sorted(counts))),
        photographs=dataset.describe(folder),
        warm_up=WARM_UP,
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
        executed, limit = ours * gigaflop(shape, passed), best["matrix product"]
        shares.append(executed / limit)
        limits.append(
            [title(shape), f"{passed:.0%}", number(executed), number(limit), f"{shares[-1]:.0%}",
             number(ours * gigaflop(shape))]
        )  # fmt: skip
    names = list(ratios)
    rows = [
        [title(shape), *(ratio(ratios[name][index]) for name in names)]
        for index, shape in enumerate(SHAPES)
    ]
    rows.append(["geometric mean", *(ratio(geometric_mean(ratios[name])) for name in names)])
    limits.append(["geometric mean", "", "", "", f"{geometric_mean(shares):.0%}", ""])
    heading = "kernel_size_1, kernel_num, image"
    columns = ["P2", "GFLOP/s", "matrix product", "share", "with nothing left out, GFLOP/s"]
    return [
        table([heading, "ours", *names], speeds),
        table([heading, *(f"ours / {name}" for name in names)], rows),
        table([heading, *columns], limits),
    ]


def title(shape):
    return f"{shape['kernel_size_1']}, {shape['kernel_num']}, {shape['height']}×{shape['width']}"
