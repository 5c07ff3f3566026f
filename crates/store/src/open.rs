//! Opening the database and bringing its schema up to date.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqlitePool, Transaction};

use crate::error::{Doing, StoreError};
use crate::migrate::{is_up_to_date, migrate, newest, schema};
use crate::workers::worker_locks;

/// How long a write waits for other processes.
const BUSY: Duration = Duration::from_secs(30);

/// The database of one `runs/` folder.
#[derive(Debug, Clone)]
pub struct Store {
    runs: PathBuf,
    /// A single connection: writers of one process queue here instead of in SQLite's busy loop. `None`: it was opened
    /// to be read.
    writer: Option<SqlitePool>,
    readers: SqlitePool,
    /// A single connection that lives as long as this: what changed is counted for each connection.
    watcher: SqlitePool,
}

/// While it lives nobody opens the database to write.
#[derive(Debug)]
pub struct OpeningLock {
    _file: File,
}

/// A database that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it could not be made.
    #[error("failed to prepare `{path}`")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite's locks cannot be trusted there.
    #[error(
        "`{path}` lies on a network file system ({kind}), where SQLite loses data\n\
         (give a folder on a local disk with `--runs`, and copy it afterwards)"
    )]
    NetworkFileSystem {
        /// The `runs/` folder.
        path: PathBuf,
        /// The kind of file system.
        kind: &'static str,
    },
    /// A newer fitroom wrote it.
    #[error(
        "`{path}` was written by a newer fitroom (schema {found}; this one knows up to {known})\n\
         (use that version, or another `--runs` folder)"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The newest change of schema in it.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// It has to be brought up to date, and an older fitroom is at work with it.
    #[error(
        "`{path}` is to be brought up to date from schema {found}, but an older fitroom trains with it (`{lock}`)\n\
         (let it end or stop it first; the same command goes on afterwards)"
    )]
    InUse {
        /// The database.
        path: PathBuf,
        /// Its newest change of schema.
        found: i64,
        /// The lock of the process that uses it.
        lock: PathBuf,
    },
    /// It cannot be opened or brought up to date.
    #[error(
        "failed to open the database `{path}`: {reason}\n(`fitroom doctor` says what is wrong, and `--fix` mends it)"
    )]
    Database {
        /// The database.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Store {
    /// Opens `runs/fitroom.db`, making folder and database where they are missing.
    pub async fn open(runs: &Path) -> Result<Store, OpenError> {
        let io_error = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { path, source }
        };
        fs::create_dir_all(runs).map_err(io_error(runs))?;
        if let Some(kind) = network_file_system(runs).map_err(io_error(runs))? {
            return Err(OpenError::NetworkFileSystem {
                path: runs.to_owned(),
                kind,
            });
        }
        let path = &Store::path(runs);
        // sqlx's own migration lock does nothing for SQLite.
        let _lock = Store::lock(runs)?;
        let options = options(path).journal_mode(SqliteJournalMode::Wal);
        if Store::exists(runs) {
            refuse_under_workers(runs, path).await?;
        }
        migrate(path, options.clone()).await?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(3600))
            // A full disk makes SQLite roll back by itself; sqlx, whose own rollback fails then, would believe
            // for ever that the transaction is open. Another connection takes that one's place.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.pragma("cache_size", WRITERS_CACHE))
            .await
            .map_err(database_error(path))?;
        Store::new(runs, Some(writer)).await
    }

    /// Opens the database of this `runs/` folder to read it alone; `None` if there is none. Nothing is written, unless it
    /// has to be brought up to date first.
    pub async fn open_to_read(runs: &Path) -> Result<Option<Store>, OpenError> {
        if !Store::exists(runs) {
            return Ok(None);
        }
        let path = Store::path(runs);
        let is_too_short = || fs::metadata(&path).is_ok_and(|file| file.len() < 512);
        if is_too_short() {
            // Somebody may just be making it.
            drop(Store::lock(runs)?);
            if is_too_short() {
                let reason = "it is too short for a database".to_owned();
                return Err(OpenError::Database { path, reason });
            }
        }
        if !is_up_to_date(&Store::path(runs), reading(runs)).await? {
            Store::open(runs).await?.close().await;
        }
        Store::new(runs, None).await.map(Some)
    }

    async fn new(runs: &Path, writer: Option<SqlitePool>) -> Result<Store, OpenError> {
        let reading = reading(runs);
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(reading.clone())
            .await
            .map_err(database_error(&Store::path(runs)))?;
        // Few ever ask it anything.
        let watcher = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(reading);
        Ok(Store {
            runs: runs.to_owned(),
            writer,
            readers,
            watcher,
        })
    }

    /// Waits until nobody opens the database of this `runs/` folder, which must be there. Nobody does while this lives.
    ///
    /// # Errors
    /// When the lock cannot be made or taken.
    pub fn lock(runs: &Path) -> Result<OpeningLock, OpenError> {
        let path = runs.join(".fitroom.lock");
        let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
        match lock {
            Ok(file) => Ok(OpeningLock { _file: file }),
            Err(source) => Err(OpenError::Io { path, source }),
        }
    }

    /// Whether there is a database in this `runs/` folder.
    pub fn exists(runs: &Path) -> bool {
        Store::path(runs).is_file()
    }

    /// Where the database of this `runs/` folder lies.
    pub(crate) fn path(runs: &Path) -> PathBuf {
        runs.join("fitroom.db")
    }

    /// The folder that it describes.
    pub fn runs(&self) -> &Path {
        &self.runs
    }

    /// How to read the database of this `runs/` folder and change nothing.
    pub(crate) fn read_options(runs: &Path) -> SqliteConnectOptions {
        reading(runs)
    }

    /// Waits for what is being written and closes the database.
    pub async fn close(&self) {
        self.watcher.close().await;
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }

    /// A transaction that writes: it holds SQLite's write lock from its first statement on.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        (self.writer.as_ref())
            .ok_or(StoreError::ReadOnly)?
            .begin_with("begin immediate")
            .await
            .doing("begin to write to the database")
    }

    /// Where to read.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Where to ask what changed.
    pub(crate) fn watcher(&self) -> &SqlitePool {
        &self.watcher
    }
}

/// A database of an older schema is not changed while processes use it that know no newer one.
async fn refuse_under_workers(runs: &Path, path: &Path) -> Result<(), OpenError> {
    let lock = worker_locks(runs).map(|locks| locks.into_iter().find(|lock| lock.is_alive));
    // Mostly nobody is at work, and the database need not be asked.
    if matches!(lock, Ok(None)) {
        return Ok(());
    }
    let Some(found) = schema(reading(runs))
        .await
        .filter(|found| *found < newest())
    else {
        return Ok(());
    };
    match lock {
        Ok(Some(lock)) => Err(OpenError::InUse {
            path: path.to_owned(),
            found,
            lock: lock.path,
        }),
        Ok(None) => Ok(()),
        Err(error) => Err(OpenError::Database {
            path: path.to_owned(),
            reason: error.to_string(),
        }),
    }
}

/// SQLite's cache of a connection that writes: in pages if positive, in KiB if negative.
const WRITERS_CACHE: &str = "-65536";

fn options(path: &Path) -> SqliteConnectOptions {
    common(path)
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Full)
}

/// Its journal stays as it is: a database that was copied by SQLite's own means has another one.
fn reading(runs: &Path) -> SqliteConnectOptions {
    common(&Store::path(runs)).read_only(true)
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
}

fn database_error(path: &Path) -> impl Fn(sqlx::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Database {
        path: path.clone(),
        reason: source.to_string(),
    }
}

/// The kind of network file system that a folder lies on, if it does. The numbers are those of
/// Linux's `statfs(2)`.
fn network_file_system(folder: &Path) -> io::Result<Option<&'static str>> {
    let kind = rustix::fs::statfs(folder)?.f_type;
    Ok(match kind as u32 {
        0x6969 => Some("NFS"),
        0x517b => Some("SMB"),
        0xfe53_4d42 => Some("SMB2"),
        0xff53_4d42 => Some("CIFS"),
        0x5346_414f => Some("AFS"),
        0x00c3_6400 => Some("Ceph"),
        0x0bd0_0bd0 => Some("Lustre"),
        0x4750_4653 => Some("GPFS"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_opens_twice_at_once_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let runs = folder.path().join("runs");
        assert!(!Store::exists(&runs));
        let first = Store::open(&runs).await.unwrap();
        let second = Store::open(&runs).await.unwrap();
        first.close().await;
        second.close().await;
        assert!(Store::exists(&runs));
        Store::open(&runs).await.unwrap();
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let runs = tempfile::tempdir().unwrap();
        let path = runs.path().join("fitroom.db");
        fs::write(
            &path,
            "this is a letter, not a database; it is long enough to be read as one",
        )
        .unwrap();
        let error = Store::open(runs.path()).await.unwrap_err();
        assert!(error.to_string().contains("fitroom.db"), "{error}");
        assert!(
            fs::read_to_string(&path)
                .unwrap()
                .starts_with("this is a letter")
        );
    }
}
