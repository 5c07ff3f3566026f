//! The schema of the database, and how it is brought up to date.

use std::path::Path;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::open::OpenError;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Brings the database up to date. A connection of its own, on which a table that others refer to can be made anew.
pub(crate) async fn migrate(path: &Path, options: SqliteConnectOptions) -> Result<(), OpenError> {
    let options = options.foreign_keys(false);
    let connected = options.connect().await;
    let mut connection = connected.map_err(|error| migration_error(path, error.into()))?;
    let migrated = MIGRATIONS.run(&mut connection).await;
    // Whatever happened, the connection is not needed any more.
    let closed = connection.close().await;
    migrated.map_err(|error| migration_error(path, error))?;
    closed.map_err(|error| migration_error(path, error.into()))
}

/// Whether a database has the newest schema; an error if it has one of a newer version.
pub(crate) async fn is_up_to_date(
    path: &Path,
    options: SqliteConnectOptions,
) -> Result<bool, OpenError> {
    let at = |error: sqlx::Error| migration_error(path, error.into());
    let mut connection = options.connect().await.map_err(at)?;
    let found = sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(&mut connection)
        .await;
    connection.close().await.map_err(at)?;
    match found {
        Ok(Some(found)) if found > newest() => {
            Err(migration_error(path, MigrateError::VersionMissing(found)))
        }
        Ok(found) => Ok(found == Some(newest())),
        // Whatever it lacks, the migrations say what is wrong.
        Err(_) => Ok(false),
    }
}

fn newest() -> i64 {
    let versions = MIGRATIONS.iter().map(|migration| migration.version);
    versions.max().unwrap_or(0)
}

fn migration_error(path: &Path, error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(found) => OpenError::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        },
        error => OpenError::Database {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use fitroom_domain::TrialState;
    use sqlx::SqlitePool;

    use super::*;
    use crate::open::Store;
    use crate::selection::Preference;

    #[tokio::test]
    async fn a_database_of_an_older_schema_keeps_its_rows() {
        for schema in [1, 4] {
            assert_keeps_its_rows(schema).await;
        }
    }

    async fn assert_keeps_its_rows(schema: i64) {
        let runs = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(runs.path().join("fitroom.db"))
            .create_if_missing(true);
        let old = SqlitePool::connect_with(options).await.unwrap();
        MIGRATIONS.run_to(schema, &old).await.unwrap();
        sqlx::query(
            "insert into sweeps
                 (dataset, fingerprint, name, task, definition, summary, keep, text, run_at)
             values ('small', '0123456789abcdef0123456789abcdef', 'grid', 'shapes',
                 '{\"where\":{},\"predicts\":[\"shape\"],\"flip\":\"none\"}',
                 '{\"image\":{\"height\":18,\"width\":14},\"classes\":[\"cross\",\"disc\"],
                   \"photographs\":{\"train\":2,\"validation\":1,\"test\":0},\"left_out\":0}',
                 'top', 'task = \"shapes\"', '2026-01-01T00:00:00.000Z')",
        )
        .execute(&old)
        .await
        .unwrap();
        sqlx::raw_sql(
            "insert into trials
                 (key, id, name, trial, configuration, fingerprint, definition, state, sweep_key, folder,
                  accuracy, loss, best_epoch, epochs, parameters, multiply_adds, seconds)
             values (7, '5723d59622b88cfc3ce946064b917fe3', 'k3x3-n4-s0-5723d596',
                 '{\"dataset\":{\"name\":\"small\",\"fingerprint\":\"0123456789abcdef0123456789abcdef\"},
                   \"task\":{\"name\":\"shapes\",\"where\":{},\"predicts\":[\"shape\"],\"flip\":\"none\"},
                   \"hyperparameters\":{\"kernel_size_1\":3,\"kernel_size_2\":3,\"kernel_num\":4,
                       \"dense_size\":0,\"dropout_rate\":0.0,\"lambda\":0.0},
                   \"train\":{\"epochs\":2,\"batch_size\":8,\"learning_rate\":0.001,\"patience\":2,
                       \"threads\":1},
                   \"seed\":0}',
                 'c', '0123456789abcdef0123456789abcdef', 'd', 'finished', 1, 'small/grid/k3x3-n4-s0-5723d596',
                 0.5, 0.25, 1, 2, 100, 1000, 3.5);
             insert into sweep_trials (sweep_key, trial_key, position) values (1, 7, 0);
             insert into attempts (trial_key, number, owner, state, numerics, started_at, ended_at)
                 values (7, 1, 'o', 'finished', 'n', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z');
             insert into files (trial_key, name, bytes, blake3) values (7, 'metrics.csv', 1, 'h');
             insert into metrics (trial_key, epoch, split, name, value) values (7, 1, 'train', 'loss', 0.75);",
        )
        .execute(&old)
        .await
        .unwrap();
        old.close().await;

        let store = Store::open(runs.path()).await.unwrap();
        let sweeps = store.sweeps().await.unwrap();
        assert_eq!(sweeps.len(), 1);
        assert_eq!(sweeps[0].name, "grid");
        assert_eq!(sweeps[0].summary().unwrap().leaks, None);
        let trials = store.wanted_trials(1).await.unwrap();
        assert_eq!(trials.len(), 1);
        assert_eq!((trials[0].key, trials[0].state), (7, TrialState::Finished));
        assert_eq!(trials[0].ours().unwrap().hyperparameters.kernel_num, 4);
        let figures = trials[0].figures.unwrap();
        assert_eq!((figures.accuracy, figures.loss), (0.5, Some(0.25)));
        assert_eq!(
            (figures.parameters, figures.seconds),
            (Some(100), Some(3.5))
        );
        assert_eq!(trials[0].numerics.as_deref(), Some("n"));
        assert_eq!(store.curves(1).await.unwrap()[&7][0].train.loss, 0.75);
        assert!(store.selections().await.unwrap().is_empty());
        assert!(store.evaluations().await.unwrap().is_empty());
        let (fingerprint, definition) = (&trials[0].fingerprint, &trials[0].definition);
        let pinned = store.select(fingerprint, definition, Preference::Pinned(7));
        pinned.await.unwrap();
        // Every row still refers to what it did, and it is enforced again.
        let broken = sqlx::query("pragma foreign_key_check").fetch_all(store.reader());
        assert!(broken.await.unwrap().is_empty());
        let mut transaction = store.write().await.unwrap();
        let orphan = sqlx::query("delete from trials where key = 7").execute(&mut *transaction);
        assert!(orphan.await.is_err(), "references are not enforced");
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused_with_both_versions() {
        let runs = tempfile::tempdir().unwrap();
        let store = Store::open(runs.path()).await.unwrap();
        let mut transaction = store.write().await.unwrap();
        sqlx::query(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (9999, 'later', 1, x'00', 0)",
        )
        .execute(&mut *transaction)
        .await
        .unwrap();
        transaction.commit().await.unwrap();
        store.close().await;
        let error = Store::open(runs.path()).await.unwrap_err();
        assert!(
            matches!(error, OpenError::Newer { found: 9999, .. }),
            "{error}"
        );
    }
}
