"""Whole trials: all epochs with early stopping, validation and logging, against Keras."""

import tomllib

import dataset
import ours
from peer import MODES, Processes
from place import SWEEPS, WORK
from tables import geometric_mean, number, ratio, table

CONFIGURATIONS = [
    dict(kernel_size_1=3, kernel_size_2=3, kernel_num=32, dense_size=256),
    dict(kernel_size_1=5, kernel_size_2=3, kernel_num=64, dense_size=256),
    dict(kernel_size_1=7, kernel_size_2=3, kernel_num=64, dense_size=512),
]
# Too few for early stopping to end a trial.
FIXED_EPOCHS = 2
EXPLANATION = """\
Configurations of trousers_all on {photographs}, each with seeds {seeds}; seconds are those
until all of a configuration's trials have ended, divided by their number. Ours is
`fitroom sweep` with two workers, from start to end, with everything a trial leaves. Keras runs the
study's code: early stopping (patience {patience}, best weights restored), TensorBoard with weight
histograms, a drawn confusion matrix each epoch, HParams; its clock starts when its packages and the
photographs are loaded. Everything is measured once.

A fixed number of epochs ({fixed}), too few for early stopping, with what each program does once for a
trial or a call: here Keras is measured both as 1 process with 2 threads and as 2 processes with
1 thread each at the same time, and the better is shown."""
UNTIL_STOPPED = """\
Until early stopping (at most {epochs} epochs), Keras in the way that was better above. The epoch at
which a trial stops is chance, so both ratios count: of seconds for a trial, and of seconds for an
epoch (all seconds / all epochs)."""


class Measured:
    """Seconds and trials of one configuration, of one program."""

    def __init__(self, trials, seconds):
        self.epochs = [trial["epochs"] for trial in trials]
        self.accuracies = [trial["accuracy"] for trial in trials]
        self.seconds = seconds / len(trials)
        self.seconds_of_epoch = seconds / sum(self.epochs)


def run(python, quick, say):
    """Measures all configurations; returns Markdown."""
    folder = dataset.ensure()
    train = tomllib.loads((SWEEPS / "trial.toml").read_text())["train"]
    epochs, fixed_epochs = (1, 1) if quick else (train["epochs"], FIXED_EPOCHS)
    fixed, stopped = [], []
    for turn, configuration in enumerate(CONFIGURATIONS[:1] if quick else CONFIGURATIONS):
        contest = Contest(python, folder, train, configuration, say)
        # Another is first each time, in case the machine changes its speed.
        in_modes = {}
        for contender in [None, *MODES][turn % 3 :] + [None, *MODES][: turn % 3]:
            if contender is None:
                of_ours = contest.ours(fixed_epochs)
            else:
                in_modes[contender] = contest.keras(contender, fixed_epochs)
        mode = min(in_modes, key=lambda mode: in_modes[mode].seconds)
        fixed.append((configuration, of_ours, in_modes[mode], mode))
        if turn % 2 == 0:
            of_ours, of_keras = contest.ours(epochs), contest.keras(mode, epochs)
        else:
            of_keras, of_ours = contest.keras(mode, epochs), contest.ours(epochs)
        stopped.append((configuration, of_ours, of_keras))
    explanation = EXPLANATION.format(
        photographs=dataset.describe(folder),
        seeds=" and ".join(map(str, train["seeds"])),
        patience=train["patience"],
        fixed=fixed_epochs,
    )
    until_stopped = UNTIL_STOPPED.format(epochs=epochs)
    parts = [explanation, table_of_fixed(fixed), until_stopped, table_of_stopped(stopped)]
    return "\n\n".join(["## Whole trials", *parts])


class Contest:
    """Trains one configuration, once for each seed, with ours or with Keras."""

    def __init__(self, python, folder, train, configuration, say):
        self.python, self.folder, self.train = python, folder, train
        self.configuration, self.say = configuration, say

    def ours(self, epochs):
        changes = {**self.configuration, "epochs": epochs}
        return self.said(epochs, "ours", *ours.sweep(SWEEPS / "trial.toml", self.folder, changes))

    def keras(self, mode, epochs):
        settings = {**self.train, "dataset": str(self.folder), "logs": str(WORK / "keras-logs")}
        seeds, count = self.train["seeds"], mode.processes
        requests = [
            {"trial": self.configuration, "seeds": seeds[number::count], "epochs": epochs}
            for number in range(count)
        ]
        with Processes(self.python, "keras_trial.py", mode, settings) as processes:
            processes.wait_until_ready()
            answers, seconds = processes.ask(requests)
        trials = [trial for answer in answers for trial in answer]
        return self.said(epochs, f"Keras, {mode.name}", trials, seconds)

    def said(self, epochs, what, trials, seconds):
        measured = Measured(trials, seconds)
        where = f"trials: {title(self.configuration)}: at most {epochs} epochs"
        self.say(f"{where}: {what}: {number(measured.seconds)} s")
        return measured


def table_of_fixed(measured):
    ratios = [keras.seconds / ours.seconds for _, ours, keras, _ in measured]
    rows = [
        [title(configuration), number(ours.seconds), number(keras.seconds), mode.name, ratio(times)]
        for (configuration, ours, keras, mode), times in zip(measured, ratios)
    ]
    rows.append(["geometric mean", "", "", "", ratio(geometric_mean(ratios))])
    return table([HEADING, "ours, s", "Keras, s", "Keras as", "Keras / ours"], rows)


def table_of_stopped(measured):
    of_trial = [keras.seconds / ours.seconds for _, ours, keras in measured]
    of_epoch = [keras.seconds_of_epoch / ours.seconds_of_epoch for _, ours, keras in measured]
    rows = []
    for index, (configuration, *both) in enumerate(measured):
        row = [title(configuration)]
        for one in both:
            row += [number(one.seconds), number(one.seconds_of_epoch), listed(one.epochs)]
            row.append(listed(map(accuracy, one.accuracies)))
        rows.append([*row, ratio(of_trial[index]), ratio(of_epoch[index])])
    means = [ratio(geometric_mean(of_trial)), ratio(geometric_mean(of_epoch))]
    rows.append(["geometric mean", *[""] * 8, *means])
    columns = [
        f"{name}, {what}"
        for name in ("ours", "Keras")
        for what in ("s", "s each epoch", "epochs", "accuracy")
    ]
    return table([HEADING, *columns, "Keras / ours, trial", "Keras / ours, epoch"], rows)


HEADING = "kernel_size_1, kernel_size_2, kernel_num, dense_size"


def title(configuration):
    return ", ".join(map(str, configuration.values()))


def accuracy(figure):
    """Of a trial; one that diverged has none."""
    return "diverged" if figure is None else f"{figure:.1%}"


def listed(figures):
    return ", ".join(map(str, figures))
