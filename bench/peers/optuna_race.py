"""One process of Optuna's that shares a grid of trivial trials with others.

With no trials to train it prints how often each finished.
"""

import collections
import json

import optuna
from conversation import settings
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

settings = settings()
if settings["storage"] == "rdb":
    storage = f"sqlite:///{settings['folder']}/optuna.db"
else:
    storage = JournalStorage(JournalFileBackend(f"{settings['folder']}/journal.log"))

if settings["trials"] == 0:
    study = optuna.load_study(study_name="race", storage=storage)
    finished = study.get_trials(states=(TrialState.COMPLETE,))
    print(json.dumps(list(collections.Counter(trial.params["seed"] for trial in finished).values())))
else:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    seeds = list(range(settings["trials"]))
    study = optuna.create_study(
        study_name="race",
        storage=storage,
        sampler=optuna.samplers.GridSampler({"seed": seeds}, seed=0),
        direction="maximize",
        load_if_exists=True,
    )
    study.optimize(lambda trial: trial.suggest_categorical("seed", seeds) % 100 / 100)
