"""One process of MLflow's that writes the trials of the `store` part into SQLite or asks for them.

    mlflow_store.py '{"folder": …, "do": "write" | "best" | "list" | "report", "trials": …, "limit": seconds,
        "rounds": …}'

A sweep is an experiment. Prints JSON.
"""

import json
from pathlib import Path

from conversation import settings
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from store_trials import EPOCHS, LISTED, METRICS, TRIALS_OF_SWEEP, ask, reported, sweeps, write

settings = settings()
FOLDER = Path(settings["folder"])
# Milliseconds since 1970 of a run's first epoch.
BEGIN = 1_700_000_000_000
# What SQLite numbers them; MLflow's own is 0.
EXPERIMENTS = [str(1 + sweep) for sweep in range(len(sweeps(settings["trials"])))]


def add(client, sweep, trials):
    experiment = client.create_experiment(f"sweep-{sweep}", artifact_location=f"{FOLDER}/artifacts")
    for number, parameters, curves in trials:
        run = client.create_run(experiment, run_name=str(number))
        client.log_batch(
            run.info.run_id,
            metrics=[
                Metric(name, value, BEGIN + epoch, epoch)
                for name, values in curves.items()
                for epoch, value in enumerate(values)
            ],
            params=[Param(name, str(value)) for name, value in parameters.items()],
        )


def open_anew(turn):
    """A client by an address of its own: MLflow keeps open what it opened by the same."""
    address = FOLDER / f"{turn}.db"
    address.symlink_to(FOLDER / "mlflow.db")
    return MlflowClient(f"sqlite:///{address}")


def numbers(runs):
    return [int(run.info.run_name) for run in runs]


def best(turn):
    order = ["metrics.accuracy DESC"]
    return numbers(open_anew(turn).search_runs(EXPERIMENTS, order_by=order, max_results=1))


def filtered(turn):
    found = open_anew(turn).search_runs(
        EXPERIMENTS,
        filter_string="metrics.accuracy > 0.8 and params.kernel_num = '64'",
        order_by=["metrics.accuracy DESC"],
        max_results=LISTED,
    )
    return numbers(found)


def report(turn):
    client = open_anew(turn)
    experiment = EXPERIMENTS[reported(settings["trials"])]
    runs = client.search_runs([experiment], max_results=TRIALS_OF_SWEEP)
    names = {run.info.run_id: int(run.info.run_name) for run in runs}
    shown = {number: {metric: [] for metric in METRICS} for number in names.values()}
    # The client itself reads one metric of one run at a time; this is what MLflow's own pages ask.
    store = client._tracking_client.store
    for metric in METRICS:
        for value in store.get_metric_history_bulk(list(names), metric, EPOCHS * len(names)):
            shown[names[value.run_id]][metric].append(value.value)
    return shown


def main():
    if settings["do"] == "write":
        client = MlflowClient(f"sqlite:///{FOLDER}/mlflow.db")
        # Makes the tables.
        client.search_experiments()
        return write(settings, lambda sweep, trials: add(client, sweep, trials))
    asked = ask(settings, {"best": best, "list": filtered, "report": report}[settings["do"]])
    for link in FOLDER.glob("[0-9]*.db"):
        link.unlink()
    return asked


print(json.dumps(main()))
