//! Trials that are removed and brought back: nothing that was recorded of them is lost or made up.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod helpers;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use fitroom_domain::{
    AttemptState, RecordedFigures, SettingValue, Trial, TrialFigures, TrialState, Usage,
};
use fitroom_store::{
    Ending, Owner, Preference, PutError, Registered, Store, StoreError, TrialRecord, TrialRow,
};
use helpers::{
    USAGE, claim, dataset, end, epoch, fail, figures, files, fingerprint, finish, import, imported,
    provenance, register, task, trials,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

type Tables = BTreeMap<String, Vec<String>>;

async fn connect(runs: &Path) -> SqliteConnection {
    let path = runs.join("fitroom.db");
    let options = SqliteConnectOptions::new().filename(path);
    options.connect().await.unwrap()
}

/// Every row of every table, as text, in no order of its own.
async fn dump(runs: &Path) -> Tables {
    let mut connection = connect(runs).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_schema where type = 'table' and name not like '\\_%' escape '\\'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut dump = BTreeMap::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let columns = columns.iter().map(|name| match name.as_str() {
            // When somebody pinned a model: bringing it back is such a time.
            "chosen_at" => "'then'".to_owned(),
            name => format!("'{name}=' || quote(\"{name}\")"),
        });
        let row = columns.collect::<Vec<_>>().join(" || ' ' || ");
        let rows = format!("select {row} as row from \"{table}\" order by row");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        dump.insert(table, rows);
    }
    connection.close().await.unwrap();
    dump
}

/// A database with trials of every state.
struct World {
    runs: tempfile::TempDir,
    store: Store,
    owner: Owner,
    planned: Vec<Trial>,
    /// Wants all of them.
    grid: Registered,
    /// Wants the first five, and was run twice.
    other: Registered,
}

/// The places of trials in the plan of `grid`.
const PLANNED: usize = 0;
const FINISHED: usize = 1;
const DIVERGED: usize = 2;
const FAILED: usize = 3;
const PRUNED: usize = 4;
const RUNNING: usize = 5;
const INTERRUPTED: usize = 6;
const ALONE: usize = 7;

async fn world() -> World {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let owner = Owner::new(runs.path()).unwrap();
    let planned = trials(&dataset("small", 'a'), &task("shapes", "shape"), 0..8);
    let first = register(&store, "other", &planned[..3], None).await;
    let grid = register(&store, "grid", &planned, Some(&provenance("grid"))).await;
    let other = register(&store, "other", &planned[..5], Some(&provenance("other"))).await;
    let key = |place: usize| grid.trials[place];

    // Tried by both sweeps.
    fail(
        &store,
        claim(&store, &owner, &first, key(FINISHED)).await.attempt,
        3,
    )
    .await;
    let attempt = claim(&store, &owner, &grid, key(FINISHED)).await.attempt;
    store
        .record_warning(attempt, "no TensorBoard")
        .await
        .unwrap();
    end(&store, attempt, &Ending::Interrupted).await;
    let attempt = claim(&store, &owner, &other, key(FINISHED)).await.attempt;
    finish(&store, attempt, &figures(1.0 / 3.0)).await;

    let attempt = claim(&store, &owner, &grid, key(DIVERGED)).await.attempt;
    store.record_epoch(attempt, &epoch(1, 0.1)).await.unwrap();
    let ending = Ending::Diverged {
        reason: "the loss became NaN",
        epochs: 1,
        files: &files()[..1],
    };
    end(&store, attempt, &ending).await;

    for _ in 0..2 {
        fail(
            &store,
            claim(&store, &owner, &grid, key(FAILED)).await.attempt,
            2,
        )
        .await;
    }

    let attempt = claim(&store, &owner, &grid, key(PRUNED)).await.attempt;
    store.record_epoch(attempt, &epoch(1, 0.2)).await.unwrap();
    end(&store, attempt, &Ending::Interrupted).await;
    let pruned = [(key(PRUNED), Some(1))];
    store.prune(grid.sweep, pruned).await.unwrap();

    let attempt = claim(&store, &owner, &grid, key(RUNNING)).await.attempt;
    store.record_epoch(attempt, &epoch(1, 0.3)).await.unwrap();

    let attempt = claim(&store, &owner, &grid, key(INTERRUPTED)).await.attempt;
    store.record_epoch(attempt, &epoch(1, 0.4)).await.unwrap();
    let ending = Ending::Interrupted;
    let usage = Usage::default();
    let ended = store.end_attempt(attempt, &ending, usage, || Ok(())).await;
    ended.unwrap();

    let attempt = claim(&store, &owner, &grid, key(ALONE)).await.attempt;
    finish(&store, attempt, &figures(0.1 + 0.2)).await;

    let settings = BTreeMap::from([
        (
            "optimizer".to_owned(),
            SettingValue::Text("adam".to_owned()),
        ),
        ("kernel_num".to_owned(), SettingValue::Number(64.0)),
        ("augment".to_owned(), SettingValue::Flag(true)),
    ]);
    let known = RecordedFigures {
        accuracy: 0.7,
        loss: None,
        best_epoch: None,
        epochs: Some(2),
        parameters: None,
        multiply_adds: None,
        seconds: None,
    };
    let rows = [
        imported("Model 1", 0, settings.clone(), Some(known)),
        imported("Model 1", 1, settings, None),
    ];
    import(&store, "Model 1", &rows).await;

    let tags = ["to check", "früh", "baseline"].map(str::to_owned);
    for (place, note) in [
        (FINISHED, Some("it's \"odd\"\nreally")),
        (PLANNED, None),
        (FAILED, Some("")),
    ] {
        let remark = helpers::remark(&tags[place % 3..], note);
        let remarked = store.remark(key(place), &remark, |_, _| Ok(()));
        assert!(remarked.await.unwrap().is_some());
    }
    let row = store
        .trials_with_keys(&[key(FINISHED)])
        .await
        .unwrap()
        .remove(0);
    let pinned = Preference::Pinned(row.key);
    store
        .select(&row.fingerprint, &row.definition, pinned)
        .await
        .unwrap();
    World {
        runs,
        store,
        owner,
        planned,
        grid,
        other,
    }
}

impl World {
    async fn dump(&self) -> Tables {
        dump(self.runs.path()).await
    }

    async fn row(&self, key: i64) -> TrialRow {
        let mut rows = self.store.trials_with_keys(&[key]).await.unwrap();
        rows.remove(0)
    }

    /// Removes a trial and returns what was recorded of it.
    async fn remove(&self, key: i64) -> TrialRecord {
        let mut record = None;
        let keep = |removed: &TrialRecord| {
            record = Some(removed.clone());
            Ok(())
        };
        self.store.remove_trial(key, true, keep).await.unwrap();
        record.unwrap()
    }

    async fn put(&self, key: Option<i64>, record: TrialRecord) -> Result<(), PutError> {
        self.store.put_records(&[(key, record)], || Ok(())).await
    }
}

#[tokio::test]
async fn a_removed_trial_leaves_all_that_was_recorded_of_it() {
    let world = world().await;
    let key = world.grid.trials[FINISHED];
    let row = world.row(key).await;
    let curve = world.store.curve(key).await.unwrap();
    let read = world.store.record(key).await.unwrap().unwrap();
    let record = world.remove(key).await;
    assert_eq!(record, read);

    assert_eq!(record.trial, row.trial);
    assert_eq!(record.fingerprint, fingerprint('a'));
    assert_eq!(record.definition, row.definition);
    assert_eq!(record.state, TrialState::Finished);
    assert_eq!(record.folder, row.folder);
    assert_eq!(record.figures, Some(figures(1.0 / 3.0).into()));
    assert!(record.weights_kept && record.is_pinned);
    assert_eq!(record.sweep.as_ref().unwrap().name, "other");
    let wishes: Vec<_> = (record.wishes.iter())
        .map(|it| {
            (
                it.sweep.name.as_str(),
                it.dataset.as_str(),
                it.position,
                it.plan,
            )
        })
        .collect();
    assert_eq!(wishes, [("other", "small", 1, 2), ("grid", "small", 1, 1)]);
    assert_eq!(record.files, files());
    assert_eq!(record.epochs, curve);
    assert_eq!(record.epochs.len(), 3);
    assert_eq!(record.tags, ["baseline", "früh"]);
    assert_eq!(record.note.as_deref(), Some("it's \"odd\"\nreally"));

    let attempts: Vec<_> = (record.attempts.iter())
        .map(|it| {
            (
                it.number,
                it.state,
                it.error.as_deref(),
                it.warning.as_deref(),
            )
        })
        .collect();
    let expected = [
        (1, AttemptState::Failed, Some("no memory"), None),
        (2, AttemptState::Interrupted, None, Some("no TensorBoard")),
        (3, AttemptState::Finished, None, None),
    ];
    assert_eq!(attempts, expected);
    let runs: Vec<_> = (record.attempts.iter())
        .map(|it| {
            let (sweep, run) = it.run.as_ref().unwrap();
            assert_eq!(run.overrides, ["train.epochs=3"]);
            (sweep.name.as_str(), run.plan, run.provenance.clone())
        })
        .collect();
    let (of_grid, of_other) = (provenance("grid"), provenance("other"));
    let expected = [
        ("other", 1, None),
        ("grid", 1, Some(of_grid)),
        ("other", 2, Some(of_other)),
    ];
    assert_eq!(runs, expected);
    for attempt in &record.attempts {
        assert_eq!(attempt.usage, USAGE);
        assert_eq!(attempt.owner, world.owner.id());
        assert_eq!(attempt.numerics, "numerics");
        assert!(attempt.ended_at.as_ref().unwrap() >= &attempt.started_at);
    }

    assert_eq!(world.store.record(key).await.unwrap(), None);
    for (table, rows) in world.dump().await {
        let of_trial = format!("trial_key={key} ");
        let left = rows
            .iter()
            .filter(|row| format!("{row} ").contains(&of_trial));
        assert_eq!(left.count(), 0, "{table}");
    }
}

#[tokio::test]
async fn every_trial_comes_back_as_it_was_with_its_key() {
    let world = world().await;
    let before = world.dump().await;
    let rows = world.store.trials().await.unwrap();
    assert_eq!(rows.len(), 10);
    for row in &rows {
        if row.state == TrialState::Running {
            continue;
        }
        let record = world.remove(row.key).await;
        let text = serde_json::to_string(&record).unwrap();
        let read: TrialRecord = serde_json::from_str(&text).unwrap();
        // NaN is no number, so that it equals none.
        assert_eq!(format!("{read:?}"), format!("{record:?}"));
        assert_ne!(world.dump().await, before);
        world.put(Some(row.key), read).await.unwrap();
        assert_eq!(world.dump().await, before, "{}", row.name);
        assert_eq!(&world.row(row.key).await, row);
    }
}

#[tokio::test]
async fn all_trials_come_back_at_once_whatever_their_order() {
    let world = world().await;
    let before = world.dump().await;
    let mut records = Vec::new();
    for row in world.store.trials().await.unwrap() {
        if row.state != TrialState::Running {
            records.push((Some(row.key), world.remove(row.key).await));
        }
    }
    records.reverse();
    world.store.put_records(&records, || Ok(())).await.unwrap();
    assert_eq!(world.dump().await, before);
}

#[tokio::test]
async fn a_record_without_a_key_gets_one_that_no_trial_had() {
    let world = world().await;
    let keys: Vec<i64> = (world.store.trials().await.unwrap().iter())
        .map(|row| row.key)
        .collect();
    let last = *keys.last().unwrap();
    let row = world.row(last).await;
    let record = world.remove(last).await;
    world.put(None, record).await.unwrap();
    let rows = world.store.trials().await.unwrap();
    let back = rows.iter().find(|it| it.id == row.id).unwrap();
    assert_eq!(back.key, last + 1);
    let same = TrialRow {
        key: row.key,
        ..back.clone()
    };
    assert_eq!(same, row);
}

#[tokio::test]
async fn a_key_that_is_given_back_is_given_to_nobody_else() {
    let world = world().await;
    let last = world.store.trials().await.unwrap().last().unwrap().key;
    let record = world.remove(last).await;
    // What is planned meanwhile does not get it.
    let more = trials(&dataset("small", 'a'), &task("shapes", "shape"), 100..102);
    let meanwhile = register(&world.store, "more", &more[..1], None).await;
    assert_eq!(meanwhile.trials, [last + 1]);
    world.put(Some(last), record.clone()).await.unwrap();
    let later = register(&world.store, "more", &more, None).await;
    assert_eq!(later.trials, [last + 1, last + 2]);
    // One that another has it does not take.
    world.remove(last).await;
    let id = record.trial.id();
    world.put(Some(last + 1), record).await.unwrap();
    let rows = world.store.trials().await.unwrap();
    let back = rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(back.key, last + 3);
}

#[tokio::test]
async fn a_trial_that_was_planned_again_makes_room_and_one_that_was_begun_again_does_not() {
    let world = world().await;
    let key = world.grid.trials[ALONE];
    let row = world.row(key).await;
    let record = world.remove(key).await;
    let again = register(&world.store, "grid", &world.planned, None).await;
    assert_ne!(again.trials[ALONE], key);
    world.put(Some(key), record.clone()).await.unwrap();
    let back = world.row(key).await;
    assert_eq!((back.figures, back.state), (row.figures, row.state));
    let wanted = world.store.wanted_trials(world.grid.sweep).await.unwrap();
    assert!(wanted.iter().any(|it| it.key == key));
    assert_eq!(wanted.len(), world.planned.len());

    // It is there: it is not put twice.
    let before = world.dump().await;
    let refused = world.put(Some(key), record.clone()).await.unwrap_err();
    let said = format!(
        "trial {} is there already: its sweep was run again",
        row.name
    );
    assert_eq!(refused.to_string(), said);
    assert_eq!(world.dump().await, before);

    // Begun again, and set aside or not.
    let record = world.remove(key).await;
    let again = register(&world.store, "grid", &world.planned, None).await;
    let attempt = claim(&world.store, &world.owner, &again, again.trials[ALONE]).await;
    for _ in 0..2 {
        let before = world.dump().await;
        let refused = world.put(Some(key), record.clone()).await.unwrap_err();
        assert!(matches!(refused, PutError::Known { .. }), "{refused}");
        assert_eq!(world.dump().await, before);
        if world.row(attempt.attempt.trial).await.state == TrialState::Running {
            end(&world.store, attempt.attempt, &Ending::Interrupted).await;
        }
    }
}

#[tokio::test]
async fn a_sweep_that_wants_a_trial_since_it_was_removed_still_does_when_it_is_back() {
    let world = world().await;
    let key = world.grid.trials[ALONE];
    let record = world.remove(key).await;
    let late = register(&world.store, "late", &world.planned[ALONE..], None).await;
    world.put(Some(key), record).await.unwrap();
    let wanted = world.store.wanted_trials(late.sweep).await.unwrap();
    let keys: Vec<i64> = wanted.iter().map(|row| row.key).collect();
    assert_eq!(keys, [key]);
}

#[tokio::test]
async fn a_trial_is_still_of_the_newest_plan_that_wants_it_when_it_is_back() {
    let world = world().await;
    // A failed one is wanted by the newest plan alone.
    let key = world.grid.trials[FAILED];
    let record = world.remove(key).await;
    register(&world.store, "grid", &world.planned, None).await;
    world.put(Some(key), record).await.unwrap();
    let planned = world.store.planned_trials(world.grid.sweep).await.unwrap();
    let names: Vec<String> = planned.iter().map(|row| row.name.clone()).collect();
    let expected: Vec<String> = world.planned.iter().map(Trial::name).collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_trial_is_still_listed_under_the_sweep_that_wanted_it_first_when_it_is_back() {
    let world = world().await;
    let more = trials(&dataset("small", 'a'), &task("shapes", "shape"), 100..101);
    let late = register(&world.store, "late", &more, None).await;
    // A sweep that is older than the one that wanted it first.
    let mut all = world.planned.clone();
    all.extend(more);
    register(&world.store, "grid", &all, None).await;
    let before = world.row(late.trials[0]).await;
    assert_eq!(before.sweep, "late");
    let record = world.remove(late.trials[0]).await;
    world.put(Some(late.trials[0]), record).await.unwrap();
    assert_eq!(world.row(late.trials[0]).await, before);
}

#[tokio::test]
async fn a_record_of_a_sweep_that_is_not_there_is_refused_with_its_name() {
    let world = world().await;
    let key = world.grid.trials[FINISHED];
    let record = world.remove(key).await;
    let before = world.dump().await;
    let spoil: [fn(&mut TrialRecord); 4] = [
        |record| record.wishes[1].sweep.name = "lost".to_owned(),
        |record| record.sweep.as_mut().unwrap().name = "lost".to_owned(),
        |record| {
            let run = record.attempts[1].run.as_mut().unwrap();
            run.0.name = "lost".to_owned();
        },
        |record| {
            let sweep = &mut record.wishes[0].sweep;
            (sweep.name, sweep.fingerprint) = ("lost".to_owned(), fingerprint('f'));
        },
    ];
    for spoil in spoil {
        let mut spoilt = record.clone();
        spoil(&mut spoilt);
        let refused = world.put(Some(key), spoilt).await.unwrap_err();
        assert_eq!(refused.to_string(), "the sweep lost is not in the database");
        assert!(matches!(refused, PutError::NoSweep(_)));
        assert_eq!(world.dump().await, before);
    }
    // One that nobody wants.
    let mut nobodys = record.clone();
    (nobodys.wishes, nobodys.sweep) = (Vec::new(), None);
    let refused = world.put(Some(key), nobodys).await.unwrap_err();
    let is_corrupt = matches!(refused, PutError::Store(StoreError::Corrupt { .. }));
    assert!(is_corrupt, "{refused}");
    assert_eq!(world.dump().await, before);
    world.put(Some(key), record).await.unwrap();
}

#[tokio::test]
async fn of_several_records_all_are_written_or_none() {
    let world = world().await;
    let keys = [ALONE, FAILED, PLANNED].map(|place| world.grid.trials[place]);
    let whole = world.dump().await;
    let mut records = Vec::new();
    for key in keys {
        records.push((Some(key), world.remove(key).await));
    }
    let before = world.dump().await;
    let mut spoilt = records.clone();
    spoilt[2].1.wishes[0].sweep.name = "lost".to_owned();
    let no_place = || panic!("nothing is placed of what is refused");
    let refused = world.store.put_records(&spoilt, no_place).await;
    assert!(matches!(refused, Err(PutError::NoSweep(_))), "{refused:?}");
    assert_eq!(world.dump().await, before);

    // The same trial twice.
    let mut twice = records.clone();
    twice.push(records[0].clone());
    let refused = world.store.put_records(&twice, no_place).await;
    assert!(
        matches!(refused, Err(PutError::Known { .. })),
        "{refused:?}"
    );
    assert_eq!(world.dump().await, before);

    let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
    let refused = world.store.put_records(&records, full).await;
    let is_of_files = matches!(refused, Err(PutError::Store(StoreError::Files(_))));
    assert!(is_of_files, "{refused:?}");
    assert_eq!(world.dump().await, before);

    let mut placed = 0;
    let place = || {
        placed += 1;
        Ok(())
    };
    world.store.put_records(&records, place).await.unwrap();
    assert_eq!(placed, 1);
    assert_eq!(world.dump().await, whole);
    world.store.put_records(&[], || Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_pin_comes_back_unless_something_else_was_chosen_since() {
    let world = world().await;
    let key = world.grid.trials[FINISHED];
    let row = world.row(key).await;
    let task = (row.fingerprint.clone(), row.definition.clone());
    let chosen = async || world.store.selections().await.unwrap().get(&task).copied();
    let record = world.remove(key).await;
    assert_eq!(chosen().await, None);
    world.put(Some(key), record.clone()).await.unwrap();
    assert_eq!(chosen().await, Some(Preference::Pinned(key)));

    world.remove(key).await;
    let cheapest = Preference::Cheapest;
    world
        .store
        .select(&task.0, &task.1, cheapest)
        .await
        .unwrap();
    world.put(Some(key), record).await.unwrap();
    assert_eq!(chosen().await, Some(Preference::Cheapest));
}

#[tokio::test]
async fn a_record_reads_the_same_in_another_database() {
    let world = world().await;
    let runs = tempfile::tempdir().unwrap();
    let other = Store::open(runs.path()).await.unwrap();
    // The sweeps are known there, but none of their runs.
    register(
        &other,
        "grid",
        &trials(&dataset("little", 'a'), &task("shapes", "shape"), 50..51),
        None,
    )
    .await;
    register(
        &other,
        "other",
        &trials(&dataset("little", 'a'), &task("shapes", "shape"), 50..51),
        None,
    )
    .await;
    let sweeps_before = other.sweeps().await.unwrap();
    let keys = [FINISHED, FAILED, PRUNED, PLANNED].map(|place| world.grid.trials[place]);
    let mut records = Vec::new();
    for key in keys {
        let record = world.store.record(key).await.unwrap().unwrap();
        records.push((None, record));
    }
    other.put_records(&records, || Ok(())).await.unwrap();
    assert_eq!(other.sweeps().await.unwrap(), sweeps_before);
    for (_, record) in &records {
        let found = other
            .trials_called(record.trial.id().as_str())
            .await
            .unwrap();
        let mut read = other.record(found[0].key).await.unwrap().unwrap();
        let mut expected = record.clone();
        // They call the dataset otherwise there, and got to know the sweeps in another order.
        for wish in &mut read.wishes {
            assert_eq!(wish.dataset, "little");
            wish.dataset = "small".to_owned();
        }
        for wishes in [&mut read.wishes, &mut expected.wishes] {
            wishes.sort_by(|one, other| one.sweep.name.cmp(&other.sweep.name));
        }
        assert_eq!(read, expected);
    }
    let runs_of = |tables: Tables| tables["sweep_runs"].len();
    // Two that it made, and three that the attempts were of.
    assert_eq!(runs_of(dump(runs.path()).await), 5);
}

#[tokio::test]
async fn figures_survive_the_text_of_a_record_to_the_last_bit() {
    let world = world().await;
    let more = trials(&dataset("small", 'a'), &task("shapes", "shape"), 100..140);
    let registered = register(&world.store, "more", &more, None).await;
    for (number, key) in registered.trials.iter().enumerate() {
        let number = 1.0 + number as f64;
        let attempt = claim(&world.store, &world.owner, &registered, *key)
            .await
            .attempt;
        let figures = TrialFigures {
            accuracy: 1.0 / number,
            loss: number.sqrt() * 1e-17,
            best_epoch: 1,
            epochs: 3,
            parameters: (1 << 60) + number as u64,
            multiply_adds: i64::MAX as u64,
            seconds: number.exp(),
        };
        finish(&world.store, attempt, &figures).await;
    }
    let before = world.dump().await;
    let mut records = Vec::new();
    for key in &registered.trials {
        let text = serde_json::to_string(&world.remove(*key).await).unwrap();
        records.push((Some(*key), serde_json::from_str(&text).unwrap()));
    }
    world.store.put_records(&records, || Ok(())).await.unwrap();
    assert_eq!(world.dump().await, before);
}

#[tokio::test]
async fn a_trial_that_is_shared_goes_and_comes_back_for_every_sweep() {
    let world = world().await;
    let key = world.grid.trials[FINISHED];
    let refused = world
        .store
        .remove_trial(key, false, |_| panic!("nothing is moved"));
    let refused = refused.await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "it is shared: other on small and grid on small want it"
    );
    let wanted = async |sweep| {
        let rows = world.store.wanted_trials(sweep).await.unwrap();
        rows.iter().map(|row| row.key).collect::<Vec<_>>()
    };
    let (grid, other) = (
        wanted(world.grid.sweep).await,
        wanted(world.other.sweep).await,
    );
    let record = world.remove(key).await;
    assert_eq!(wanted(world.grid.sweep).await.len(), grid.len() - 1);
    assert_eq!(wanted(world.other.sweep).await.len(), other.len() - 1);
    world.put(Some(key), record).await.unwrap();
    assert_eq!(wanted(world.grid.sweep).await, grid);
    assert_eq!(wanted(world.other.sweep).await, other);
}

#[tokio::test]
async fn remarks_of_several_at_once_are_all_there() {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let dataset = helpers::dataset("small", '1');
    let trials = helpers::trials(&dataset, &helpers::task("shapes", "shape"), 0..1);
    let key = helpers::register(&store, "grid", &trials, None)
        .await
        .trials[0];
    let other = Store::open(runs.path()).await.unwrap();
    let tag = |name: &str| fitroom_store::Remark {
        add: vec![name.to_owned()],
        ..fitroom_store::Remark::default()
    };
    let note = fitroom_store::Remark {
        note: Some(Some("odd".to_owned())),
        ..fitroom_store::Remark::default()
    };
    let (one, two) = (tag("one"), tag("two"));
    let (first, second, third) = tokio::join!(
        store.remark(key, &one, |_, _| Ok(())),
        other.remark(key, &two, |_, _| Ok(())),
        store.remark(key, &note, |_, _| Ok(())),
    );
    assert!(first.unwrap().is_some() && second.unwrap().is_some() && third.unwrap().is_some());
    let row = &store.trials_with_keys(&[key]).await.unwrap()[0];
    assert_eq!(row.tags, ["one", "two"]);
    assert_eq!(row.note.as_deref(), Some("odd"));
}

#[tokio::test]
async fn a_record_whose_key_another_trial_has_gets_a_new_one() {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let dataset = helpers::dataset("small", '1');
    let trials = helpers::trials(&dataset, &helpers::task("shapes", "shape"), 0..3);
    let keys = helpers::register(&store, "grid", &trials, None)
        .await
        .trials;
    let record = store.record(keys[2]).await.unwrap().unwrap();
    store
        .remove_trial(keys[2], false, |_| Ok(()))
        .await
        .unwrap();
    // As if the database had been made anew: the key is another trial's.
    let records = [(Some(keys[0]), record)];
    store.put_records(&records, || Ok(())).await.unwrap();
    let back = store.trials_called(trials[2].id().as_str()).await.unwrap();
    assert_eq!(back.len(), 1);
    assert!(!keys.contains(&back[0].key), "{}", back[0].key);
    assert_eq!(store.trials().await.unwrap().len(), 3);
}
