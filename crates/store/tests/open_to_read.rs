//! A database that is opened to be read: nothing is written, whoever writes meanwhile.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod helpers;

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fitroom_domain::{Trial, TrialState};
use fitroom_store::{
    Ending, NewEvaluation, OpenError, Owner, Preference, PutError, Queue, Remark, RemoveError,
    Store, StoreError, SweepToRun, TrialQuery,
};
use helpers::{
    USAGE, claim, dataset, epoch, figures, files, finish, import, register, task, trials,
};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

fn planned() -> Vec<Trial> {
    trials(&dataset("small", 'a'), &task("shapes", "shape"), 0..4)
}

/// A database with a sweep of four trials, one of them finished. Closed.
async fn fill(runs: &Path) {
    let store = Store::open(runs).await.unwrap();
    let owner = Owner::new(runs).unwrap();
    let registered = register(&store, "grid", &planned(), None).await;
    let attempt = claim(&store, &owner, &registered, registered.trials[0])
        .await
        .attempt;
    finish(&store, attempt, &figures(0.5)).await;
    store.close().await;
}

fn database(runs: &Path) -> PathBuf {
    runs.join("fitroom.db")
}

async fn connect(runs: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database(runs));
    options.connect().await.unwrap()
}

/// Everything in the database's file, and when it was last written.
fn state(runs: &Path) -> (Vec<u8>, SystemTime) {
    let path = database(runs);
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    (fs::read(path).unwrap(), written)
}

/// Reads in every way.
async fn read_all(store: &Store) {
    let rows = store.trials().await.unwrap();
    assert_eq!(rows.len(), 4);
    let keys: Vec<i64> = rows.iter().map(|row| row.key).collect();
    assert_eq!(store.trials_with_keys(&keys).await.unwrap(), rows);
    assert_eq!(
        store
            .find_trials(&TrialQuery::default())
            .await
            .unwrap()
            .len(),
        4
    );
    let finished = "state=finished".parse().unwrap();
    assert_eq!(store.count_trials(&finished).await.unwrap(), 1);
    assert_eq!(store.trials_called(&rows[0].name).await.unwrap(), rows[..1]);
    let sweep = store.sweeps().await.unwrap()[0].key;
    assert_eq!(store.wanted_trials(sweep).await.unwrap().len(), 4);
    assert_eq!(store.curves(sweep).await.unwrap().len(), 1);
    assert_eq!(store.curve(keys[0]).await.unwrap().len(), 3);
    assert_eq!(store.last_epochs(sweep).await.unwrap()[&keys[0]], 3);
    assert_eq!(store.sweep_counts().await.unwrap()[&sweep].wanted, 4);
    assert_eq!(store.finished_of_tasks().await.unwrap().len(), 1);
    assert_eq!(store.most_accurate_trials().await.unwrap().len(), 1);
    assert!(store.record(keys[0]).await.unwrap().is_some());
    assert!(store.selections().await.unwrap().is_empty());
    assert!(store.evaluations().await.unwrap().is_empty());
    assert!(store.imported_settings().await.unwrap().is_empty());
    store.data_version().await.unwrap();
}

#[tokio::test]
async fn reading_leaves_the_file_as_it_was() {
    let runs = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    let file = OpenOptions::new()
        .write(true)
        .open(database(runs.path()))
        .unwrap();
    file.set_modified(long_ago).unwrap();
    drop(file);
    let before = state(runs.path());
    for _ in 0..2 {
        let store = Store::open_to_read(runs.path()).await.unwrap().unwrap();
        read_all(&store).await;
        assert_eq!(store.runs(), runs.path());
        store.close().await;
        assert!(state(runs.path()) == before, "something was written");
    }
}

#[tokio::test]
async fn reading_waits_for_no_writer_and_does_not_see_what_is_not_yet_written() {
    let runs = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let mut writer = connect(runs.path()).await;
    let mut writing = writer.begin_with("begin immediate").await.unwrap();
    sqlx::query("update trials set name = 'changed'")
        .execute(&mut *writing)
        .await
        .unwrap();
    // Far sooner than a writer would give up.
    let reading = async {
        let store = Store::open_to_read(runs.path()).await.unwrap().unwrap();
        read_all(&store).await;
        store
    };
    let store = tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .unwrap();
    assert!(
        store
            .trials()
            .await
            .unwrap()
            .iter()
            .all(|row| row.name != "changed")
    );
    let version = store.data_version().await.unwrap();
    writing.commit().await.unwrap();
    assert_ne!(store.data_version().await.unwrap(), version);
    assert!(
        store
            .trials()
            .await
            .unwrap()
            .iter()
            .all(|row| row.name == "changed")
    );
    store.close().await;
}

#[tokio::test]
async fn what_a_writer_that_was_killed_has_written_is_read() {
    let runs = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let store = Store::open(runs.path()).await.unwrap();
    register(&store, "another", &planned()[1..2], None).await;
    // As its files are in the middle of its work.
    let mut copied = 0;
    for name in ["fitroom.db", "fitroom.db-wal"] {
        fs::copy(runs.path().join(name), copy.path().join(name)).unwrap();
        copied += 1;
    }
    assert_eq!(copied, 2);
    store.close().await;
    let before = state(copy.path());
    let reader = Store::open_to_read(copy.path()).await.unwrap().unwrap();
    let sweeps = reader.sweeps().await.unwrap();
    let names: Vec<&str> = sweeps.iter().map(|sweep| sweep.name.as_str()).collect();
    assert_eq!(names, ["another", "grid"]);
    reader.close().await;
    assert!(state(copy.path()) == before, "something was written");
}

#[tokio::test]
async fn a_copy_that_sqlite_made_is_read() {
    let runs = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    // Such a copy is not in WAL mode.
    let mut connection = connect(runs.path()).await;
    sqlx::query("vacuum into ?")
        .bind(database(copy.path()).to_str().unwrap())
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let opened = Store::open_to_read(copy.path()).await;
    let store = opened.unwrap_or_else(|error| panic!("{error}")).unwrap();
    read_all(&store).await;
    store.close().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_none_and_is_not_made() {
    let runs = tempfile::tempdir().unwrap();
    let nowhere = runs.path().join("nowhere");
    for folder in [runs.path(), &nowhere] {
        assert!(Store::open_to_read(folder).await.unwrap().is_none());
    }
    assert_eq!(fs::read_dir(runs.path()).unwrap().count(), 0);
    // A folder is no database.
    fs::create_dir(database(runs.path())).unwrap();
    assert!(Store::open_to_read(runs.path()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_database_of_an_older_schema_is_brought_up_to_date_first() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let migrator = Migrator::new(migrations).await.unwrap();
    let newest = migrator.iter().map(|it| it.version).max().unwrap();
    for version in 1..newest {
        let runs = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(database(runs.path()))
            .journal_mode(SqliteJournalMode::Wal)
            .create_if_missing(true);
        let mut old = options.connect().await.unwrap();
        migrator.run_to(version, &mut old).await.unwrap();
        old.close().await.unwrap();
        let store = Store::open_to_read(runs.path()).await.unwrap().unwrap();
        assert!(store.trials().await.unwrap().is_empty(), "schema {version}");
        assert!(
            store.selections().await.unwrap().is_empty(),
            "schema {version}"
        );
        store.close().await;
        let mut now = connect(runs.path()).await;
        let found: i64 = sqlx::query_scalar("select max(version) from _sqlx_migrations")
            .fetch_one(&mut now)
            .await
            .unwrap();
        assert_eq!(found, newest);
        now.close().await.unwrap();
        let before = state(runs.path());
        let store = Store::open_to_read(runs.path()).await.unwrap().unwrap();
        store.close().await;
        assert!(state(runs.path()) == before, "schema {version}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let runs = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let mut connection = connect(runs.path()).await;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'later', 1, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let before = state(runs.path());
    let error = Store::open_to_read(runs.path()).await.unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { found: 9999, .. }),
        "{error}"
    );
    let path = database(runs.path());
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    assert!(state(runs.path()) == before);
}

#[tokio::test]
async fn what_is_no_database_is_refused_with_its_path_and_left_alone() {
    let runs = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let whole = fs::read(database(runs.path())).unwrap();
    let letter = b"this is a letter, not a database; ".repeat(200);
    let damages: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("of one byte", whole[..1].to_vec()),
        ("cut in its header", whole[..50].to_vec()),
        ("cut in its first page", whole[..2000].to_vec()),
        ("a letter", letter),
        ("with another begin", [&b"Sqlite"[..], &whole[6..]].concat()),
    ];
    for (what, bytes) in damages {
        let runs = tempfile::tempdir().unwrap();
        let path = database(runs.path());
        fs::write(&path, &bytes).unwrap();
        let error = match Store::open_to_read(runs.path()).await {
            Ok(_) => panic!("a file that is {what} was opened"),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(path.to_str().unwrap()), "{what}: {error}");
        assert!(fs::read(&path).unwrap() == bytes, "{what}: it was changed");
    }
}

#[tokio::test]
async fn a_database_that_lost_its_end_gives_an_error_sooner_or_later() {
    let runs = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let whole = fs::read(database(runs.path())).unwrap();
    for pages in [1, 2, 5, 20] {
        let runs = tempfile::tempdir().unwrap();
        let path = database(runs.path());
        fs::write(&path, &whole[..4096 * pages]).unwrap();
        match Store::open_to_read(runs.path()).await {
            Err(error) => {
                assert!(
                    error.to_string().contains(path.to_str().unwrap()),
                    "{error}"
                );
            }
            Ok(store) => {
                let read = store.unwrap().trials().await;
                assert!(
                    matches!(read, Err(StoreError::Database { .. })),
                    "{pages} pages: {read:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn whatever_would_write_is_refused() {
    let runs = tempfile::tempdir().unwrap();
    fill(runs.path()).await;
    let before = state(runs.path());
    let store = Store::open_to_read(runs.path()).await.unwrap().unwrap();
    let owner = Owner::new(runs.path()).unwrap();
    let rows = store.trials().await.unwrap();
    let (sweep, key) = (store.sweeps().await.unwrap()[0].key, rows[1].key);
    let attempt = fitroom_store::AttemptKey {
        trial: key,
        number: 1,
    };
    let trials = planned();
    let summary = store.sweeps().await.unwrap()[0].summary().unwrap().clone();
    let to_run = SweepToRun {
        name: "grid",
        dataset: &trials[0].dataset,
        task: &trials[0].task,
        summary: &summary,
        keep: fitroom_domain::keep::Keep::Top,
        text: "",
        overrides: &[],
        provenance: None,
        trials: &trials,
    };
    let nothing = || panic!("nothing is to be placed");
    let evaluation = NewEvaluation {
        dataset: &trials[0].dataset,
        task: &trials[0].task,
        trial: &rows[0].id,
        trial_name: &rows[0].name,
        photographs: 1,
        accuracy: 1.0,
        photographs_read: 1,
        predictions_blake3: "",
    };
    let imported = fitroom_store::ImportedSweep {
        dataset: "logs",
        source: &helpers::fingerprint('d'),
        folder: &[],
        name: "logs",
        from: "/logs",
        trials: &[],
    };
    let mut queue = Queue::new(sweep, [key]);
    let file = &files()[0];
    let record = store.record(key).await.unwrap().unwrap();
    let refused: Vec<(&str, StoreError)> = vec![
        ("register", store.register(&to_run).await.unwrap_err()),
        (
            "claim",
            store.claim(&mut queue, &owner, "").await.unwrap_err(),
        ),
        (
            "record_epoch",
            store
                .record_epoch(attempt, &epoch(1, 0.5))
                .await
                .unwrap_err(),
        ),
        (
            "record_warning",
            store.record_warning(attempt, "").await.unwrap_err(),
        ),
        (
            "end_attempt",
            (store
                .end_attempt(attempt, &Ending::Interrupted, USAGE, nothing)
                .await)
                .unwrap_err(),
        ),
        (
            "remark",
            store
                .remark(key, &Remark::default(), |_, _| Ok(()))
                .await
                .unwrap_err(),
        ),
        (
            "prune",
            store.prune(sweep, [(key, Some(1))]).await.unwrap_err(),
        ),
        (
            "retry_failed",
            store.retry_failed(&[key], 1, &[key]).await.unwrap_err(),
        ),
        (
            "restore_weights",
            store.restore_weights(key, file, nothing).await.unwrap_err(),
        ),
        (
            "forget_surplus_weights",
            store
                .forget_surplus_weights(sweep, "", |_| nothing())
                .await
                .unwrap_err(),
        ),
        (
            "select",
            (store
                .select(
                    &rows[0].fingerprint,
                    &rows[0].definition,
                    Preference::Cheapest,
                )
                .await)
                .unwrap_err(),
        ),
        (
            "record_evaluation",
            store.record_evaluation(&evaluation).await.unwrap_err(),
        ),
        ("import", store.import(&imported).await.unwrap_err()),
        (
            "forget_imported",
            store
                .forget_imported(&[rows[0].id.clone()])
                .await
                .unwrap_err(),
        ),
        (
            "remove_trial",
            match store.remove_trial(key, true, |_| nothing()).await {
                Err(RemoveError::Store(error)) => error,
                other => panic!("{other:?}"),
            },
        ),
        (
            "put_records",
            match store.put_records(&[(None, record)], nothing).await {
                Err(PutError::Store(error)) => error,
                other => panic!("{other:?}"),
            },
        ),
    ];
    for (what, error) in refused {
        assert!(matches!(error, StoreError::ReadOnly), "{what}: {error}");
    }
    assert_eq!(store.trials().await.unwrap(), rows);
    store.close().await;
    assert!(state(runs.path()) == before, "something was written");
}

#[tokio::test]
async fn a_worker_that_died_is_left_to_those_who_write() {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let owner = Owner::new(runs.path()).unwrap();
    let registered = register(&store, "grid", &planned(), None).await;
    claim(&store, &owner, &registered, registered.trials[0]).await;
    import(&store, "Model 1", &[]).await;
    store.close().await;
    drop(owner);
    let store = Store::open_to_read(runs.path()).await.unwrap().unwrap();
    let freed = store.free_the_dead(registered.sweep).await;
    assert!(matches!(freed, Err(StoreError::ReadOnly)), "{freed:?}");
    assert_eq!(store.trials().await.unwrap()[0].state, TrialState::Running);
}
