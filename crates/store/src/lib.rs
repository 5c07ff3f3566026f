//! The database of trials: `runs/fitroom.db`, SQLite in WAL mode. The only crate that names sqlx.
//!
//! A sweep [`Store::register`]s the trials that it wants; a worker [`Store::claim`]s one, which starts an
//! attempt, records its epochs, and ends it once. Every write of an attempt names it and is refused when
//! the attempt is no longer the trial's running one: a worker that was given up for dead changes nothing.
//!
//! Of each task it also holds which model is used ([`Store::select`]), and every time that test photographs were
//! read for one ([`Store::record_evaluation`]).

mod attempt;
mod changes;
mod claim;
mod curves;
mod epoch_rows;
mod error;
mod evaluation;
mod health;
mod import;
mod migrate;
mod open;
mod overview;
mod owner;
mod prune;
mod put_record;
#[cfg(test)]
mod query_plans;
mod read;
mod record;
mod record_parts;
mod recover;
mod register;
mod remarks;
mod remove;
mod retry;
mod selection;
mod standing;
mod sweep_record;
mod time;
mod trial_columns;
mod trial_conditions;
mod trial_query;
mod trial_record;
mod weights;
mod workers;

pub use attempt::{AttemptKey, Ended, Ending, TrialFile};
pub use changes::DatabaseFile;
pub use claim::{Claimed, Next, Queue};
pub use error::StoreError;
pub use evaluation::{Evaluation, NewEvaluation};
pub use health::Health;
pub use import::{ImportedRow, ImportedSweep};
pub use open::{OpenError, OpeningLock, Store};
pub use overview::{SweepCounts, TaskKey};
pub use owner::{Owner, OwnerError};
pub use put_record::PutError;
pub use read::TrialRow;
pub use recover::{RecoveredSweep, TrialPlace};
pub use register::{Registered, SweepRun, SweepToRun};
pub use remarks::Remark;
pub use remove::RemoveError;
pub use selection::Preference;
pub use standing::Standing;
pub use sweep_record::{SweepOrigin, SweepRecord};
pub use time::utc_now;
pub use trial_query::{Direction, TrialQuery};
pub use trial_record::{AttemptRecord, SweepIdentity, TrialRecord, Wish};
pub use workers::{WorkerLock, is_locked, is_working, worker_locks};
