"""Reads what `runs export` wrote with pandas, and prints as JSON what it holds by pandas's own types."""

import json
import sys

import pandas

trials = pandas.read_csv(sys.argv[1])
epochs = pandas.read_csv(sys.argv[2])
objects = pandas.read_json(sys.argv[3], precise_float=True)

best = trials.sort_values("accuracy", ascending=False).iloc[0]
last = epochs.sort_values("epoch").groupby("id").tail(1).set_index("id")
at_best = trials.merge(
    epochs, left_on=["id", "best_epoch"], right_on=["id", "epoch"], suffixes=("", "_of_epoch")
)
print(
    json.dumps(
        {
            "trials": len(trials),
            "epochs": len(epochs),
            "objects": len(objects),
            "kinds": {name: str(kind) for name, kind in trials.dtypes.items()},
            "best": best["name"],
            "mean_accuracy": trials["accuracy"].mean(),
            "by_kernels": trials.groupby("kernel_num")["accuracy"].max().to_dict(),
            # Validation accuracy of the epoch whose weights were kept is the trial's.
            "largest_difference": (at_best["accuracy"] - at_best["validation_accuracy"]).abs().max(),
            "last_epochs": last["epoch"].to_dict(),
            "ended": [str(time) for time in pandas.to_datetime(trials["ended"]).dt.tz_convert("UTC")],
            "notes": trials["note"].fillna("").tolist(),
            "json_curves": [len(curve) for curve in objects["curve"]],
            "json_accuracies": objects["accuracy"].tolist(),
        }
    )
)
