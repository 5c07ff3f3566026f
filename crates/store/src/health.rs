//! Whether a database can be trusted, and a copy of one to look at.

use std::io;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::error::{Doing, StoreError};
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
        /// What SQLite says of indexes that do not fit their tables: [`Store::reindex`] mends them.
        indexes: Vec<String>,
        /// Tables with rows that refer to others that are not there, and how many: [`Store::remove_orphans`].
        orphans: Vec<(String, u64)>,
    },
}

/// What SQLite's primary result codes say: a malformed file, or none of its files.
const CORRUPT: [i64; 2] = [11, 26];

/// Problems that are named of one database.
const MOST_PROBLEMS: usize = 5;

/// How often orphans are looked for: what is removed may leave others.
const MOST_ROUNDS: usize = 8;

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
            Ok(Some(problems)) if problems.of_file.is_empty() => Ok(Health::Sound {
                is_up_to_date: is_up_to_date(&Store::path(runs), options).await?,
                indexes: problems.of_indexes,
                orphans: problems.orphans,
            }),
            Ok(Some(problems)) => Ok(Health::Malformed(problems.of_file)),
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

/// What is wrong with a database.
#[derive(Default)]
struct Problems {
    of_file: Vec<String>,
    of_indexes: Vec<String>,
    orphans: Vec<(String, u64)>,
}

/// What is wrong with a database; `None` if it is empty.
async fn examine(options: SqliteConnectOptions) -> Result<Option<Problems>, sqlx::Error> {
    let mut connection = options.connect().await?;
    let problems = problems(&mut connection).await;
    connection.close().await?;
    problems
}

async fn problems(connection: &mut SqliteConnection) -> Result<Option<Problems>, sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_master")
        .fetch_all(&mut *connection)
        .await?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return Ok(Some(Problems {
            of_file: vec!["another program made it".to_owned()],
            ..Problems::default()
        }));
    }
    let mut lines: Vec<String> = sqlx::query_scalar("pragma integrity_check(100)")
        .fetch_all(&mut *connection)
        .await?;
    lines.retain(|line| line != "ok");
    let (mut of_indexes, mut of_file): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.contains(" index "));
    of_indexes.truncate(MOST_PROBLEMS);
    of_file.truncate(MOST_PROBLEMS);
    let orphans: Vec<(String, i64)> =
        match of_file.is_empty() {
            true => sqlx::query_as(
                "select \"table\", count(*) from pragma_foreign_key_check group by 1 order by 1",
            )
            .fetch_all(&mut *connection)
            .await?,
            false => Vec::new(),
        };
    let counted = |(table, rows): (String, i64)| (table, rows.unsigned_abs());
    Ok(Some(Problems {
        of_file,
        of_indexes,
        orphans: orphans.into_iter().map(counted).collect(),
    }))
}

impl Store {
    /// Builds all indexes anew.
    ///
    /// # Errors
    /// When the database refuses: rows that must be unique are not.
    pub async fn reindex(&self) -> Result<(), StoreError> {
        let doing = "build the indexes anew";
        let mut transaction = self.write().await?;
        let reindexed = sqlx::query("reindex").execute(&mut *transaction).await;
        reindexed.doing(doing)?;
        transaction.commit().await.doing(doing)
    }

    /// Removes rows that refer to others that are not there; where they need not refer to any, they do not any more.
    /// `keep` gets each table's as JSON before they are gone for good.
    ///
    /// # Errors
    /// When the database or `keep` refuses; nothing was removed then.
    pub async fn remove_orphans(
        &self,
        mut keep: impl FnMut(&str, &str) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let doing = "remove rows without the ones that they refer to";
        let mut transaction = self.write().await?;
        sqlx::query("pragma defer_foreign_keys = on")
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        for _ in 0..MOST_ROUNDS {
            let tables: Vec<String> =
                sqlx::query_scalar("select distinct \"table\" from pragma_foreign_key_check")
                    .fetch_all(&mut *transaction)
                    .await
                    .doing(doing)?;
            if tables.is_empty() {
                break;
            }
            for table in tables {
                let references: Vec<(String, String, String, bool)> = sqlx::query_as(
                    "select own.\"from\", own.\"table\", own.\"to\", info.\"notnull\" or info.pk
                     from pragma_foreign_key_list(?1) as own
                     join pragma_table_info(?1) as info on info.name = own.\"from\"",
                )
                .bind(&table)
                .fetch_all(&mut *transaction)
                .await
                .doing(doing)?;
                for (from, parent, to, is_needed) in references {
                    let condition = format!(
                        "\"{from}\" is not null
                         and not exists (select 1 from \"{parent}\" as parent where parent.\"{to}\" = own.\"{from}\")"
                    );
                    let rows = rows_as_json(&mut transaction, &table, &condition, None).await?;
                    if rows == "[]" {
                        continue;
                    }
                    keep(&table, &rows).map_err(StoreError::Files)?;
                    // A choice of a trial is none without the trial.
                    let statement = match is_needed || table == "selections" {
                        true => format!("delete from \"{table}\" as own where {condition}"),
                        false => format!(
                            "update \"{table}\" as own set \"{from}\" = null where {condition}"
                        ),
                    };
                    sqlx::query(AssertSqlSafe(statement))
                        .execute(&mut *transaction)
                        .await
                        .doing(doing)?;
                }
            }
        }
        transaction.commit().await.doing(doing)
    }
}

/// Those rows of a table, which the condition calls `own`, as a JSON list; what is no text is in hexadecimal digits.
pub(crate) async fn rows_as_json(
    connection: &mut SqliteConnection,
    table: &str,
    condition: &str,
    key: Option<i64>,
) -> Result<String, StoreError> {
    let doing = "write rows down as JSON";
    let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info(?)")
        .bind(table)
        .fetch_all(&mut *connection)
        .await
        .doing(doing)?;
    let value = |name: &String| {
        format!(
            "'{name}', case typeof(\"{name}\") when 'blob' then hex(\"{name}\") else \"{name}\" end"
        )
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let statement = format!(
        "select cast(json_group_array(json_object({})) as blob) from \"{table}\" as own where {condition}",
        values.join(", ")
    );
    let rows: Vec<u8> = sqlx::query_scalar(AssertSqlSafe(statement))
        .bind(key)
        .fetch_one(&mut *connection)
        .await
        .doing(doing)?;
    Ok(String::from_utf8_lossy(&rows).into_owned())
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
            indexes: Vec::new(),
            orphans: Vec::new(),
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
        let orphans = vec![("notes".to_owned(), 1)];
        let found = health().await.unwrap();
        assert!(matches!(found, Health::Sound { orphans: it, .. } if it == orphans));
        let store = Store::open(runs.path()).await.unwrap();
        let full = store.remove_orphans(|_, _| Err(io::Error::other("full")));
        assert!(full.await.is_err());
        let mut kept = Vec::new();
        let removed = store.remove_orphans(|table, rows| {
            kept.push(format!("{table}: {rows}"));
            Ok(())
        });
        removed.await.unwrap();
        store.reindex().await.unwrap();
        store.close().await;
        assert_eq!(kept, [r#"notes: [{"trial_key":7,"note":"lost"}]"#]);
        assert_eq!(health().await.unwrap(), sound);

        let text =
            "a letter, and a long one too: longer than the header of a database is, at least";
        fs::write(&path, text.repeat(9)).unwrap();
        assert!(matches!(health().await.unwrap(), Health::Malformed(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), text.repeat(9));
    }
}
