"""One process of Optuna's that writes the trials of the `store` part or asks for them.

    optuna_store.py '{"storage": "rdb" | "journal", "folder": …, "do": "write" | "best" | "list" | "report" | "merge",
        "trials": …, "limit": seconds, "rounds": …}'

A sweep is a study; `merge` makes one study of all. Validation accuracies are a trial's intermediate values, the other
metrics attributes that each hold a list. Prints JSON.
"""

import json
import sqlite3

import optuna
from conversation import settings
from optuna.distributions import CategoricalDistribution, IntDistribution
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState, create_trial
from store_trials import CHOICES, LISTED, METRICS, ask, reported, sweeps, write

settings = settings()
optuna.logging.set_verbosity(optuna.logging.WARNING)
DATABASE = f"{settings['folder']}/optuna.db"
DISTRIBUTIONS = {
    **{name: CategoricalDistribution(values) for name, values in CHOICES.items()},
    "seed": IntDistribution(0, 2**31 - 1),
}


def storage():
    if settings["storage"] == "rdb":
        return RDBStorage(f"sqlite:///{DATABASE}")
    return JournalStorage(JournalFileBackend(f"{settings['folder']}/journal.log"))


def study(opened, sweep):
    return optuna.load_study(study_name=f"sweep-{sweep}", storage=opened)


def studies(opened):
    """All that have trials."""
    return [study(opened, sweep) for sweep in range(len(sweeps(settings["trials"])))]


def add(opened, sweep, trials):
    made = optuna.create_study(study_name=f"sweep-{sweep}", storage=opened, direction="maximize")
    made.add_trials(
        create_trial(
            value=curves["accuracy"][-1],
            params=parameters,
            distributions=DISTRIBUTIONS,
            intermediate_values=dict(enumerate(curves["accuracy"])),
            user_attrs={
                "number": number,
                **{name: curves[name] for name in METRICS if name != "accuracy"},
            },
        )
        for number, parameters, curves in trials
    )


def best(_):
    """In a database that of the one study that `merge` made."""
    opened = storage()
    asked = [study(opened, 0)] if settings["storage"] == "rdb" else studies(opened)
    found = max((one.best_trial for one in asked), key=lambda trial: trial.value)
    return [found.user_attrs["number"]]


def filtered(_):
    found = [
        trial
        for one in studies(storage())
        for trial in one.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if trial.value > 0.8 and trial.params["kernel_num"] == 64
    ]
    found.sort(key=lambda trial: trial.value, reverse=True)
    return [trial.user_attrs["number"] for trial in found[:LISTED]]


def report(_):
    shown = study(storage(), reported(settings["trials"])).get_trials(deepcopy=False)
    return {
        trial.user_attrs["number"]: {
            **{name: trial.user_attrs[name] for name in METRICS if name != "accuracy"},
            "accuracy": list(trial.intermediate_values.values()),
        }
        for trial in shown
    }


def merge():
    with sqlite3.connect(DATABASE) as database:
        database.execute("update trials set study_id = 1, number = trial_id - 1")
    return {}


def main():
    if settings["do"] == "merge":
        return merge()
    if settings["do"] == "write":
        opened = storage()
        return write(settings, lambda sweep, trials: add(opened, sweep, trials))
    return ask(settings, {"best": best, "list": filtered, "report": report}[settings["do"]])


print(json.dumps(main()))
