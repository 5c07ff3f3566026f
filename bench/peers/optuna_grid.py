"""A grid by Optuna's GridSampler and PyTorch as its users write it. Several processes share the study in SQLite.

Prints how many trials this process trained.
"""

import copy
import json

import numpy
import optuna
import torch
from catalogue import trousers_all
from conversation import settings
from pytorch_network import network, train_step

settings = settings()
torch.set_num_threads(settings["threads"])
(images, labels), (held_out, truth), classes = trousers_all(settings["dataset"])
images, held_out = (torch.from_numpy(part).permute(0, 3, 1, 2).contiguous() for part in (images, held_out))
labels, truth = torch.from_numpy(labels), torch.from_numpy(truth)
optuna.logging.set_verbosity(optuna.logging.WARNING)


def objective(trial):
    hyperparameters = {
        name: trial.suggest_categorical(name, values) for name, values in settings["grid"].items()
    }
    torch.manual_seed(0)
    model = network(hyperparameters, images.shape[2:], classes)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    lowest, best, waited = numpy.inf, 0.0, 0
    for epoch in range(settings["epochs"]):
        for rows in torch.randperm(len(images)).split(64):
            train_step(model, optimizer, images[rows], labels[rows])
        with torch.no_grad():
            logits = torch.cat([model(part) for part in held_out.split(64)])
            loss = torch.nn.functional.cross_entropy(logits, truth).item()
        trial.report(loss, epoch)
        if loss < lowest:
            lowest, waited = loss, 0
            best = (logits.argmax(1) == truth).double().mean().item()
            weights = copy.deepcopy(model.state_dict())
        else:
            waited += 1
            if waited == 2:
                break
    torch.save(weights, f"{settings['models']}/{trial.number}.pt")
    trial.set_user_attr("epochs", epoch + 1)
    return best


study = optuna.create_study(
    storage=settings["storage"], study_name="grid", direction="maximize", load_if_exists=True,
    sampler=optuna.samplers.GridSampler(settings["grid"], seed=0),
)  # fmt: skip
before = len(study.trials)
study.optimize(objective, n_trials=settings["trials"])
study.trials_dataframe().sort_values("value").to_csv(settings["leaderboard"])
epochs = [trial.user_attrs["epochs"] for trial in study.trials if "epochs" in trial.user_attrs]
print(json.dumps({"before": before, "epochs": epochs}))
