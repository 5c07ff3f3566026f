"""Says what is in the databases of this folder, by plain SQL.

    python3 expected.py

Writes expected.json, with which a test compares what the program of today reads in copies of them.
What a schema cannot say is there as later ones have it: no overrides, plan 1, nothing removed.
"""

import contextlib
import json
import sqlite3
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Database:
    """A database of any schema."""

    def __init__(self, connection):
        self.connection = connection
        connection.row_factory = sqlite3.Row
        tables = self.rows("select name from sqlite_master where type = 'table' order by name")
        self.tables = [table["name"] for table in tables]

    def rows(self, query, *values):
        return [dict(row) for row in self.connection.execute(query, values)]

    def values(self, query, *values):
        return [value for (value,) in self.connection.execute(query, values)]

    def table(self, name, order):
        """All rows of a table, of which there are none where the schema lacks it."""
        return self.rows(f"select * from {name} order by {order}") if name in self.tables else []

    def column(self, table, name, otherwise):
        """The expression for a column that not every schema has."""
        columns = self.values(f"select name from pragma_table_info('{table}')")
        return f"{table}.{name}" if name in columns else otherwise


def sweeps(database):
    """Every sweep in the order of its key, and the ids of the trials that it wants."""
    overrides = database.column("sweeps", "overrides", "'[]'")
    plan = database.column("sweeps", "plan", "1")
    imported_from = database.column("sweeps", "imported_from", "null")
    wish = database.column("sweep_trials", "plan", "1")
    found = database.rows(
        "select key, name, dataset, fingerprint, task, definition, summary, keep, text, run_at,"
        f" {overrides} as overrides, {plan} as plan, {imported_from} as imported_from"
        " from sweeps order by key"
    )
    for sweep in found:
        of_plans = database.rows(
            f"select trials.id, trials.state, {wish} as plan, pruned_at_epoch from sweep_trials"
            " join trials on trials.key = trial_key where sweep_trials.sweep_key = ?"
            " order by position, trials.key",
            sweep["key"],
        )
        newest = [trial for trial in of_plans if trial["plan"] == sweep["plan"]]
        # Of older plans it still wants what somebody trained or trains.
        wanted = [
            trial
            for trial in of_plans
            if trial in newest or trial["state"] not in ("planned", "failed")
        ]
        sweep["overrides"] = json.loads(sweep["overrides"])
        sweep["summary"] = json.loads(sweep["summary"])
        sweep["trials"] = {
            "of_any_plan": [trial["id"] for trial in of_plans],
            "of_newest_plan": [trial["id"] for trial in newest],
            "wanted": [trial["id"] for trial in wanted],
            "pruned_after": {
                trial["id"]: trial["pruned_at_epoch"]
                for trial in of_plans
                if trial["pruned_at_epoch"] is not None
            },
        }
    return found


def trials(database):
    """Every trial in the order of its key, with its attempts, files and epochs."""
    # The sweep that trained it, else the first that wants it.
    found = database.rows(
        "select trials.*, sweeps.name as sweep, sweeps.dataset, pruned_at_epoch as pruned_after"
        " from trials join sweeps on sweeps.key = coalesce(trials.sweep_key,"
        " (select min(sweep_key) from sweep_trials where trial_key = trials.key))"
        " left join sweep_trials on sweep_trials.sweep_key = sweeps.key and trial_key = trials.key"
        " order by trials.key"
    )
    warning = database.column("attempts", "warning", "null")
    for trial in found:
        del trial["sweep_key"]
        trial["weights_kept"] = bool(trial["weights_kept"])
        trial["trial"] = json.loads(trial["trial"])
        attempts = database.rows(
            f"select number, state, error, {warning} as warning, numerics, owner, started_at,"
            " ended_at from attempts where trial_key = ? order by number",
            trial["key"],
        )
        errors = [attempt["error"] for attempt in attempts if attempt["error"] is not None]
        states = [attempt["state"] for attempt in attempts]
        trial["attempts"] = len(attempts)
        trial["failures"] = states.count("failed")
        trial["interruptions"] = states.count("interrupted")
        trial["error"] = errors[-1] if errors else None
        trial["warning"] = attempts[-1]["warning"] if attempts else None
        trial["numerics"] = (attempts[-1]["numerics"] or None) if attempts else None
        trial["every_attempt"] = attempts
        trial["files"] = database.rows(
            "select name, bytes, blake3 from files where trial_key = ? order by name", trial["key"]
        )
        trial["curve"] = curve(database, trial["key"])
    return found


def curve(database, trial):
    """The epochs of a trial; null where a figure is not known."""
    figures = database.rows(
        "select epoch, split, name, value from metrics where trial_key = ? order by epoch", trial
    )
    epochs = {}
    for figure in figures:
        nothing = {"loss": None, "accuracy": None}
        empty = {"train": dict(nothing), "validation": dict(nothing), "seconds": None}
        epoch = epochs.setdefault(figure["epoch"], {"epoch": figure["epoch"], **empty})
        place = epoch if figure["name"] == "seconds" else epoch[figure["split"]]
        place[figure["name"]] = figure["value"]
    return list(epochs.values())


def selections(database):
    """The tasks with another model than the first of the leaderboard; a pinned trial by its id."""
    ids = {trial["key"]: trial["id"] for trial in database.rows("select key, id from trials")}
    found = database.table("selections", "fingerprint, definition")
    for selection in found:
        selection["trial"] = ids.get(selection.pop("trial_key"))
    return found


def contents(path):
    """All that is in a database."""
    address = f"file:{path}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
        database = Database(connection)
        counted = [name for name in database.tables if not name.startswith(("_", "sqlite_"))]
        [schema] = database.values("select max(version) from _sqlx_migrations")
        if path.name != f"schema-{schema}.db":
            raise SystemExit(f"error: `{path}` is of schema {schema}")
        return {
            "rows": {name: database.values(f"select count(*) from {name}")[0] for name in counted},
            "sweeps": sweeps(database),
            "trials": trials(database),
            "selections": selections(database),
            "evaluations": database.table("evaluations", "key"),
            "removed_trials": database.table("removed_trials", "key"),
        }


def in_lines(value, depth):
    """JSON with a line for each value down to this depth."""
    if not value or not depth or not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(value, list):
        parts, brackets = [in_lines(item, depth - 1) for item in value], "[]"
    else:
        parts = [f"{json.dumps(key)}: {in_lines(item, depth - 1)}" for key, item in value.items()]
        brackets = "{}"
    return brackets[0] + "\n" + ",\n".join(parts) + "\n" + brackets[1]


def main():
    paths = sorted(HERE.glob("schema-*.db"), key=lambda path: int(path.stem.partition("-")[2]))
    expected = {path.stem.partition("-")[2]: contents(path) for path in paths}
    (HERE / "expected.json").write_text(in_lines(expected, 3) + "\n")


if __name__ == "__main__":
    main()
