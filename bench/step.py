"""The training step: photographs each second, ours and the peers' in turn."""

import json
import statistics
import subprocess

import tables
from peer import MODES, Team

# kernel_size_1, kernel_num, height, width, classes; kernel_size_2 is 3, and there is no hidden dense layer.
SHAPES = [(3, 64, 120, 90, 3), (7, 96, 80, 60, 2), (3, 32, 80, 60, 2), (5, 128, 80, 60, 2)]
BATCH = 64

# name -> (script, settings, whether the C library keeps its heap)
PEERS = {
    "Keras": ("keras_step.py", {}, False),
    "PyTorch": ("pytorch_step.py", {"tuned": False}, False),
    "PyTorch, tuned": ("pytorch_step.py", {"tuned": True}, True),
    "matrix product": ("matrix_product.py", {}, False),
}


def operations(shape):
    """Floating-point operations of a step for each photograph: two for each multiply-add. Both convolutions
    and the dense layer are computed forward and for the gradient of their weights, all but the first
    convolution for the gradient of their input too. (What pooling leaves over, and gradients that are zero,
    are counted: every implementation is measured by the same number.)"""
    size, kernels, height, width, classes = shape
    height, width = height - size + 1, width - size + 1
    first = height * width * kernels * size**2 * 3
    height, width = height // 2 - 2, width // 2 - 2
    second = height * width * kernels * 9 * kernels
    dense = (height // 2) * (width // 2) * kernels * classes
    return 2 * (2 * first + 3 * second + 3 * dense)


def ours(program, shape, seconds):
    """Two workers of one thread each in one process, as a sweep has them."""
    size, kernels, height, width, classes = shape
    arguments = {
        "kernel-size-1": size, "kernel-size-2": 3, "kernel-num": kernels, "height": height, "width": width,
        "classes": classes, "batch-size": BATCH, "seconds": seconds, "workers": 2,
    }  # fmt: skip
    flags = [text for key, value in arguments.items() for text in (f"--{key}", str(value))]
    printed = subprocess.run([program, *flags], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(printed)["images_per_second"]


def measure_shape(program, shape, rounds, seconds):
    """The rates of each contender in each round: name -> mode -> rates."""
    size, kernels, height, width, classes = shape
    settings = {
        "kernel_size_1": size, "kernel_size_2": 3, "kernel_num": kernels, "dense_size": 0,
        "height": height, "width": width, "classes": classes, "batch_size": BATCH,
    }  # fmt: skip
    rates = {"ours": {"1 process, 2 workers": []}}
    teams = {}
    try:
        for name, (script, own, kept_heap) in PEERS.items():
            rates[name] = {mode: [] for mode in MODES}
            for mode in MODES:
                teams[name, mode] = Team(script, mode, {**settings, **own}, kept_heap)
        for number in range(rounds):
            turns = [None, *teams] if number % 2 == 0 else [*reversed(teams), None]
            for turn in turns:
                if turn is None:
                    rates["ours"]["1 process, 2 workers"].append(ours(program, shape, seconds))
                else:
                    rates[turn[0]][turn[1]].append(teams[turn].measure(seconds))
    finally:
        for team in teams.values():
            team.close()
    return rates


def better(modes):
    """The mode with the higher median, and its rates."""
    return max(modes.items(), key=lambda mode: statistics.median(mode[1]))


def report(program, quick):
    """Measures all shapes and returns their section of the results."""
    rounds, seconds = (1, 1) if quick else (3, 5)
    rows, shares, ratios = [], [], {name: [] for name in PEERS if name != "matrix product"}
    for shape in SHAPES:
        size, kernels, height, width, _ = shape
        rates = measure_shape(program, shape, rounds, seconds)
        best = {name: better(modes) for name, modes in rates.items()}
        median = {name: statistics.median(values) for name, (_, values) in best.items()}
        gigaflops = median["ours"] * operations(shape) / 1e9
        shares.append(gigaflops / median["matrix product"])
        row = [f"{size}, {kernels}, {height}×{width}", tables.spread(best["ours"][1])]
        for name, values in ratios.items():
            values.append(median["ours"] / median[name])
            mode = best[name][0].split(",")[0]
            row += [f"{tables.spread(best[name][1])} ({mode})", f"{values[-1]:.2f}"]
        rows.append([*row, f"{gigaflops:.0f}", f"{median['matrix product']:.0f}", f"{shares[-1]:.0%}"])
        print(tables.line(rows[-1]), flush=True)
    mean = ["geometric mean", ""]
    for values in ratios.values():
        mean += ["", f"{statistics.geometric_mean(values):.2f}"]
    rows.append([*mean, "", "", f"{statistics.geometric_mean(shares):.0%}"])
    header = ["kernel_size_1, kernel_num, image", "ours"]
    for name in ratios:
        header += [name, "ratio"]
    header += ["our GFLOP/s", "matrix product", "share"]
    return f"""## Training step

Photographs each second through forward, backward and Adam in batches of {BATCH}: the median of {rounds} rounds
(lowest to highest), {seconds} s each, all contenders in turn. kernel_size_2 is 3; there is no hidden dense
layer. Each peer is shown in the better of one process with two threads and two processes with one thread each.
GFLOP/s count what an implementation that skips nothing computes; ours skips gradients that are zero.

{tables.table(header, rows)}
"""
