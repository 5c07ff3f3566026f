"""A grid with Optuna's GridSampler, each trial a network trained by PyTorch.

Several processes share the grid through one SQLite file, as Optuna's users do it.
"""

import fcntl
import json

import optuna
import torch
from catalogue import trousers
from conversation import settings
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState
from pytorch_network import network, train_step
from torch.nn import functional

settings = settings()
torch.set_num_threads(settings["threads"])
*splits, classes = trousers(settings["dataset"])
train, validation = (
    (torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels))
    for images, labels in splits
)


def objective(trial):
    """Trains with early stopping on the validation loss, keeps the best epoch's weights."""
    torch.manual_seed(0)
    chosen = {
        key: trial.suggest_categorical(key, values) for key, values in settings["grid"].items()
    }
    model = network(chosen, train[0].shape[2:], len(classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["learning_rate"], eps=1e-7)
    best_loss, best_accuracy, best_weights, waited = float("inf"), 0.0, None, 0
    for epoch in range(settings["epochs"]):
        model.train()
        for rows in torch.randperm(len(train[0])).split(settings["batch_size"]):
            train_step(model, optimizer, train[0][rows], train[1][rows])
        loss, accuracy = evaluate(model)
        waited += 1
        if loss < best_loss:
            best_loss, best_accuracy, waited = loss, accuracy, 0
            best_weights = {name: value.clone() for name, value in model.state_dict().items()}
        if waited >= settings["patience"]:
            break
    torch.save(best_weights, f"{settings['folder']}/{trial.number}.pt")
    trial.set_user_attr("epochs", epoch + 1)
    return best_accuracy


@torch.no_grad()
def evaluate(model):
    model.eval()
    logits = torch.cat([model(part) for part in validation[0].split(settings["batch_size"])])
    correct = logits.argmax(dim=1) == validation[1]
    return functional.cross_entropy(logits, validation[1]).item(), correct.float().mean().item()


with open(f"{settings['folder']}/lock", "w") as lock:
    # Optuna fails where two processes make the tables of a new file at the same time.
    fcntl.flock(lock, fcntl.LOCK_EX)
    study = optuna.create_study(
        study_name="grid",
        storage=f"sqlite:///{settings['folder']}/optuna.db",
        # One seed for all: a trial's number stands for a place in the order that each process shuffles.
        sampler=optuna.samplers.GridSampler(settings["grid"], seed=0),
        direction="maximize",
        load_if_exists=True,
    )
# Without it a process that finds nothing left trains again what another is still training.
no_more = MaxTrialsCallback(
    settings["configurations"], states=(TrialState.RUNNING, TrialState.COMPLETE)
)
study.optimize(objective, callbacks=[no_more])
# The leaderboard; the last line is for the benchmark.
finished = study.get_trials(states=(TrialState.COMPLETE,))
for trial in sorted(finished, key=lambda trial: -trial.value):
    print(f"{trial.value:.4f} {trial.user_attrs['epochs']:2} epochs {trial.params}")
epochs = sum(trial.user_attrs["epochs"] for trial in finished)
configurations = {tuple(sorted(trial.params.items())) for trial in finished}
print(json.dumps({"trials": len(configurations), "epochs": epochs}))
