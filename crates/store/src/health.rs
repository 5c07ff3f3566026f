//! Whether a database can be trusted, and a copy of one to look at.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};

use crate::migrate::is_up_to_date;
use crate::open::{OpenError, Store};

/// How a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// There is none, or an empty file.
    Missing,
    /// It is no database, or not a whole one; what SQLite says.
    Malformed(Vec<String>),
    /// It can be used. One of an older version is brought up to date when it is opened.
    Sound {
        /// Whether it has the newest schema.
        is_up_to_date: bool,
    },
}

/// What SQLite's primary result codes say: a malformed file, or none of its files.
const CORRUPT: [i64; 2] = [11, 26];

/// Problems that are named of one database.
const MOST_PROBLEMS: usize = 5;

impl Store {
    /// How the database of this `runs/` folder stands. Nothing is changed.
    ///
    /// # Errors
    /// When it cannot be read for another reason, or a newer version wrote it.
    pub async fn health(runs: &Path) -> Result<Health, OpenError> {
        if !Store::exists(runs) {
            return Ok(Health::Missing);
        }
        let options = Store::read_options(runs);
        match examine(options.clone()).await {
            Ok(None) => Ok(Health::Missing),
            Ok(Some(problems)) if problems.is_empty() => Ok(Health::Sound {
                is_up_to_date: is_up_to_date(&Store::path(runs), options).await?,
            }),
            Ok(Some(problems)) => Ok(Health::Malformed(problems)),
            Err(error) if is_corrupt(&error) => Ok(Health::Malformed(vec![error.to_string()])),
            Err(error) => Err(OpenError::Database {
                path: Store::path(runs),
                reason: error.to_string(),
            }),
        }
    }

    /// Writes a copy of the database of this `runs/` folder, as it stands now, as that of another one.
    ///
    /// # Errors
    /// When it cannot be read, or the copy cannot be written.
    pub async fn snapshot(runs: &Path, to: &Path) -> Result<(), OpenError> {
        let at = |error: sqlx::Error| OpenError::Database {
            path: Store::path(runs),
            reason: error.to_string(),
        };
        let mut connection = Store::read_options(runs).connect().await.map_err(at)?;
        sqlx::query("vacuum into ?")
            .bind(Store::path(to).to_string_lossy().into_owned())
            .execute(&mut connection)
            .await
            .map_err(at)?;
        connection.close().await.map_err(at)
    }
}

/// What is wrong with a database; `None` if it is empty.
async fn examine(options: SqliteConnectOptions) -> Result<Option<Vec<String>>, sqlx::Error> {
    let mut connection = options.connect().await?;
    let problems = problems(&mut connection).await;
    connection.close().await?;
    problems
}

async fn problems(connection: &mut SqliteConnection) -> Result<Option<Vec<String>>, sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_master")
        .fetch_all(&mut *connection)
        .await?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return Ok(Some(vec!["another program made it".to_owned()]));
    }
    let mut problems: Vec<String> = sqlx::query_scalar("pragma integrity_check(5)")
        .fetch_all(&mut *connection)
        .await?;
    problems.retain(|line| line != "ok");
    let orphans = sqlx::query("pragma foreign_key_check")
        .try_map(|row: sqlx::sqlite::SqliteRow| {
            let (from, to): (String, String) = (row.try_get("table")?, row.try_get("parent")?);
            Ok(format!(
                "a row of `{from}` refers to one of `{to}` that is not there"
            ))
        })
        .fetch_all(&mut *connection)
        .await?;
    problems.extend(orphans);
    problems.truncate(MOST_PROBLEMS);
    Ok(Some(problems))
}

fn is_corrupt(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<i64>().ok());
    // The lowest byte of an extended code is the primary one.
    code.is_some_and(|code| CORRUPT.contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn health_is_told_without_a_change() {
        let runs = tempfile::tempdir().unwrap();
        let health = || Store::health(runs.path());
        let path = Store::path(runs.path());
        assert_eq!(health().await.unwrap(), Health::Missing);
        fs::write(&path, "").unwrap();
        assert_eq!(health().await.unwrap(), Health::Missing);
        let store = Store::open(runs.path()).await.unwrap();
        store.close().await;
        let sound = Health::Sound {
            is_up_to_date: true,
        };
        assert_eq!(health().await.unwrap(), sound);
        let copy = tempfile::tempdir().unwrap();
        Store::snapshot(runs.path(), copy.path()).await.unwrap();
        assert_eq!(Store::health(copy.path()).await.unwrap(), sound);

        let options = SqliteConnectOptions::new().filename(&path);
        let mut connection = options.foreign_keys(false).connect().await.unwrap();
        sqlx::query("insert into notes (trial_key, note) values (7, 'lost')")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let Health::Malformed(problems) = health().await.unwrap() else {
            panic!("a row without its trial is sound");
        };
        assert!(problems[0].contains("`notes`"), "{problems:?}");

        let text =
            "a letter, and a long one too: longer than the header of a database is, at least";
        fs::write(&path, text.repeat(9)).unwrap();
        assert!(matches!(health().await.unwrap(), Health::Malformed(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), text.repeat(9));
    }
}
