//! Finding trials: which meet a filter, in an order, a page of them.

use fitroom_domain::trial_filter::Test;
use fitroom_domain::{TrialField, TrialFilter};
use sqlx::{QueryBuilder, Sqlite};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::trial_conditions::{Column, push_filter};

/// Which trials are asked for.
#[derive(Debug, Clone, Default)]
pub struct TrialQuery {
    /// What they meet.
    pub filter: TrialFilter,
    /// By what they are sorted, the first counting most; what is not known comes last. Without any: by dataset and
    /// sweep. Within that the best comes first.
    pub order: Vec<(TrialField, Direction)>,
    /// At most so many; `None`: all.
    pub limit: Option<u32>,
    /// So many that come before are left out.
    pub offset: u64,
}

/// A direction of sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

impl Store {
    /// The keys of the trials that a query asks for, in its order.
    pub async fn find_trials(&self, query: &TrialQuery) -> Result<Vec<i64>, StoreError> {
        find_statement(query)
            .build_query_scalar()
            .fetch_all(self.reader())
            .await
            .doing("find trials")
    }

    /// How many trials meet a filter.
    pub async fn count_trials(&self, filter: &TrialFilter) -> Result<u64, StoreError> {
        let count: i64 = count_statement(filter)
            .build_query_scalar()
            .fetch_one(self.reader())
            .await
            .doing("count trials")?;
        Ok(count.unsigned_abs())
    }

    /// The names of all settings that only imported trials have.
    pub async fn imported_settings(&self) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "select distinct setting.key from sweeps
             cross join trials on trials.listed_key = sweeps.key
             cross join json_each(trials.trial, '$.imported.settings') as setting
             where sweeps.imported_from is not null order by setting.key",
        )
        .fetch_all(self.reader())
        .await
        .doing("list the settings of imported trials")
    }
}

/// What comes first among trials that are equal in all that was asked for: the order of the leaderboard.
const BEST_FIRST: &str =
    "trials.accuracy desc, trials.parameters nulls last, trials.loss nulls last, trials.key";

pub(crate) fn find_statement(query: &TrialQuery) -> QueryBuilder<Sqlite> {
    let is_of_sweep = |field: &TrialField| {
        matches!(
            field,
            TrialField::Dataset | TrialField::Sweep | TrialField::Task
        )
    };
    let by_sweep = query.order.is_empty();
    let mut statement = QueryBuilder::new("select trials.key from ");
    let shows_sweep = query.order.iter().any(|(field, _)| is_of_sweep(field));
    if by_sweep {
        // Sweeps in their order, and of each its trials in theirs: nothing is sorted that is not shown.
        statement.push("sweeps as shown cross join trials on trials.listed_key = shown.key");
    } else {
        statement.push(source(query));
    }
    if shows_sweep {
        statement.push(" join sweeps as shown on shown.key = trials.listed_key");
    }
    push_filter(&mut statement, &query.filter);
    statement.push(" order by ");
    if by_sweep {
        statement.push("shown.dataset, shown.name, shown.key, ");
    }
    for (field, direction) in &query.order {
        push_sort_key(&mut statement, field);
        statement.push(match direction {
            Direction::Ascending => " nulls last, ",
            // What is not known is the smallest.
            Direction::Descending => " desc, ",
        });
    }
    statement.push(BEST_FIRST);
    let limit = query.limit.map_or(-1, i64::from);
    statement.push(" limit ").push_bind(limit);
    let offset = i64::try_from(query.offset).unwrap_or(i64::MAX);
    statement.push(" offset ").push_bind(offset);
    statement
}

pub(crate) fn count_statement(filter: &TrialFilter) -> QueryBuilder<Sqlite> {
    let query = TrialQuery {
        filter: filter.clone(),
        ..TrialQuery::default()
    };
    let mut statement = QueryBuilder::new("select count(*) from ");
    statement.push(source(&query));
    push_filter(&mut statement, filter);
    statement
}

/// The trials, with the index that they are read by where SQLite would choose a worse one.
fn source(query: &TrialQuery) -> &'static str {
    match () {
        () if is_of_sweeps(query) => "trials indexed by trials_of_a_sweep",
        () if is_of_index(query) => "trials indexed by trials_by_accuracy",
        () => "trials",
    }
}

/// Whether all that is asked for stands in `trials_by_accuracy`. SQLite, which takes all rows for small ones, would rather
/// read and sort the table.
fn is_of_index(query: &TrialQuery) -> bool {
    let is_number = |field: &TrialField| {
        matches!(
            field,
            TrialField::Number(_) | TrialField::State | TrialField::Ended
        )
    };
    let is_beside = |field: &TrialField| matches!(field, TrialField::Tag | TrialField::Note);
    (query.filter.conditions.iter()).all(|condition| is_number(&condition.field))
        && (query.order.iter()).all(|(field, _)| is_number(field) || is_beside(field))
}

/// Whether trials are found by the sweep that they are listed under, and by nothing that fewer have.
fn is_of_sweeps(query: &TrialQuery) -> bool {
    let conditions = query.filter.conditions.iter();
    let positive = conditions.filter(|it| !matches!(it.test, Test::NoneOf(_)));
    let fields: Vec<&TrialField> = positive.map(|it| &it.field).collect();
    let is_of_sweep = |field: &&TrialField| {
        matches!(
            field,
            TrialField::Dataset | TrialField::Task | TrialField::Setting(_)
        )
    };
    let is_narrower = |field: &&TrialField| {
        matches!(
            field,
            TrialField::Id | TrialField::Tag | TrialField::Note | TrialField::Sweep
        )
    };
    fields.iter().any(is_of_sweep) && !fields.iter().any(is_narrower)
}

fn push_sort_key(statement: &mut QueryBuilder<Sqlite>, field: &TrialField) {
    match field {
        TrialField::Dataset => statement.push("shown.dataset"),
        TrialField::Sweep => statement.push("shown.name"),
        TrialField::Task => statement.push("shown.task"),
        TrialField::State => statement.push("trials.state"),
        TrialField::Name => statement.push("trials.name"),
        TrialField::Id => statement.push("trials.id"),
        TrialField::Ended => statement.push("trials.ended_at"),
        TrialField::Tag => statement
            .push("(select group_concat(tag order by tag) from tags where trial_key = trials.key)"),
        TrialField::Note => statement.push("(select note from notes where trial_key = trials.key)"),
        TrialField::Number(number) => Column::OfTrial(number.name).push(statement),
        TrialField::Setting(name) => Column::Setting(name).push(statement),
    };
}
