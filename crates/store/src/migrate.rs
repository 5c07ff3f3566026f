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

/// The newest change of schema in a database; `None` if it has none or cannot be asked.
pub(crate) async fn schema(options: SqliteConnectOptions) -> Option<i64> {
    newest_change(options).await.ok()?.ok().flatten()
}

/// Whether a database has the newest schema; an error if it has one of a newer version.
pub(crate) async fn is_up_to_date(
    path: &Path,
    options: SqliteConnectOptions,
) -> Result<bool, OpenError> {
    let found = newest_change(options).await;
    match found.map_err(|error| migration_error(path, error.into()))? {
        Ok(Some(found)) if found > newest() => {
            Err(migration_error(path, MigrateError::VersionMissing(found)))
        }
        Ok(found) => Ok(found == Some(newest())),
        // Whatever it lacks, the migrations say what is wrong.
        Err(_) => Ok(false),
    }
}

/// What a database says is its newest change of schema; the outer error is one of connecting to it.
async fn newest_change(
    options: SqliteConnectOptions,
) -> Result<Result<Option<i64>, sqlx::Error>, sqlx::Error> {
    let mut connection = options.connect().await?;
    let found = sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(&mut connection)
        .await;
    connection.close().await?;
    Ok(found)
}

/// The newest change of schema that is known.
pub(crate) fn newest() -> i64 {
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
    use super::*;
    use crate::open::Store;

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
