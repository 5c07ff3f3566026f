//! Finding trials: which meet a filter, in an order, a page of them.

use fitroom_domain::trial_filter::{Condition, Operand, Test};
use fitroom_domain::{TrialField, TrialFilter, TrialState};
use sqlx::{QueryBuilder, Sqlite};

use crate::error::{Doing, StoreError};
use crate::open::Store;

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
        let mut statement = QueryBuilder::new("select count(*) from trials");
        push_filter(&mut statement, filter);
        let count: i64 = statement
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
             join trials on trials.listed_key = sweeps.key
             join json_each(trials.trial, '$.imported.settings') as setting
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
    statement.push(match by_sweep {
        // Sweeps in their order, and of each its trials in theirs: nothing is sorted that is not shown.
        true => "sweeps as shown cross join trials on trials.listed_key = shown.key",
        false if query.order.iter().any(|(field, _)| is_of_sweep(field)) => {
            "trials join sweeps as shown on shown.key = trials.listed_key"
        }
        false => "trials",
    });
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

fn push_filter(statement: &mut QueryBuilder<Sqlite>, filter: &TrialFilter) {
    for (place, condition) in filter.conditions.iter().enumerate() {
        statement.push(match place {
            0 => " where ",
            _ => " and ",
        });
        push_condition(statement, condition);
    }
}

fn push_condition(statement: &mut QueryBuilder<Sqlite>, condition: &Condition) {
    const LISTED: &str = "trials.listed_key in (select key from sweeps where ";
    const OF_SWEEPS: &str = "trials.key in (select sweep_trials.trial_key from sweeps
        join sweep_trials on sweep_trials.sweep_key = sweeps.key where ";
    const TAGGED: &str = "trials.key in (select trial_key from tags where ";
    const NOTED: &str = "trials.key in (select trial_key from notes where ";
    const IMPORTED: &str =
        "(trials.listed_key in (select key from sweeps where imported_from is not null) and ";
    let test = &condition.test;
    match &condition.field {
        TrialField::State => push_states(statement, test),
        TrialField::Id => push_starts(statement, "trials.id", test),
        TrialField::Ended => push_starts(statement, "trials.ended_at", test),
        TrialField::Name => push_test(statement, &Column::Named("trials.name"), test),
        TrialField::Number(number) => push_test(statement, &Column::OfTrial(number.name), test),
        TrialField::Setting(name) => {
            statement.push(IMPORTED);
            push_test(statement, &Column::Setting(name), test);
            statement.push(")");
        }
        TrialField::Dataset => push_members(statement, LISTED, "dataset", test),
        TrialField::Task => push_members(statement, LISTED, "task", test),
        TrialField::Sweep => push_members(statement, OF_SWEEPS, "sweeps.name", test),
        TrialField::Tag => push_members(statement, TAGGED, "tag", test),
        TrialField::Note => push_members(statement, NOTED, "note", test),
    }
}

/// Something to compare.
enum Column<'a> {
    /// A column.
    Named(&'static str),
    /// A column of `trials`.
    OfTrial(&'static str),
    /// The value that an imported trial has of a setting.
    Setting(&'a str),
}

impl Column<'_> {
    fn push<'s>(&self, statement: &'s mut QueryBuilder<Sqlite>) -> &'s mut QueryBuilder<Sqlite> {
        match self {
            Column::Named(name) => statement.push(*name),
            Column::OfTrial(name) => statement.push("trials.").push(*name),
            Column::Setting(name) => {
                let path = format!("$.imported.settings.\"{name}\"");
                (statement.push("json_extract(trials.trial, "))
                    .push_bind(path)
                    .push(")")
            }
        }
    }
}

/// That a trial belongs to those of which a column meets the test; of [`Test::NoneOf`], that it does not belong to
/// those that have one of the values: a trial may have several tags and sweeps.
fn push_members(
    statement: &mut QueryBuilder<Sqlite>,
    opening: &str,
    column: &'static str,
    test: &Test,
) {
    let positive = match test {
        Test::NoneOf(values) => {
            statement.push("not ");
            &Test::OneOf(values.clone())
        }
        other => other,
    };
    statement.push(opening);
    push_test(statement, &Column::Named(column), positive);
    statement.push(")");
}

fn push_test(statement: &mut QueryBuilder<Sqlite>, column: &Column<'_>, test: &Test) {
    let push_list = |statement: &mut QueryBuilder<Sqlite>, opening: &str, values: &[Operand]| {
        column.push(statement).push(opening);
        push_separated(statement, ", ", values, |statement, value| {
            push_operand(statement, value);
        });
        statement.push(")");
    };
    match test {
        Test::OneOf(values) => push_list(statement, " in (", values),
        Test::NoneOf(values) => push_list(statement, " not in (", values),
        Test::Beyond(side, value) => {
            let statement = column.push(statement).push(format!(" {} ", side.as_str()));
            push_operand(statement, value);
        }
        Test::Contains(texts) => {
            statement.push("(");
            push_separated(statement, " or ", texts, |statement, text| {
                column.push(statement.push("instr(lower("));
                statement.push("), ").push_bind(text.to_ascii_lowercase());
                statement.push(")");
            });
            statement.push(")");
        }
    }
}

/// A test of a text of which the value may be a start: `2026-08` of a time in that month.
fn push_starts(statement: &mut QueryBuilder<Sqlite>, column: &'static str, test: &Test) {
    let push = |statement: &mut QueryBuilder<Sqlite>, sign: &str, value: &Operand| {
        statement.push(format!("substr({column}, 1, length("));
        push_operand(statement, value);
        push_operand(statement.push(format!(")) {sign} ")), value);
    };
    match test {
        Test::OneOf(values) | Test::NoneOf(values) => {
            statement.push(match test {
                Test::NoneOf(_) => "not (",
                _ => "(",
            });
            push_separated(statement, " or ", values, |statement, value| {
                push(statement, "=", value);
            });
            statement.push(")");
        }
        Test::Beyond(side, value) => push(statement, side.as_str(), value),
        Test::Contains(_) => push_test(statement, &Column::Named(column), test),
    }
}

/// A test of the state, of which `pruned` is that of a planned trial whose sweep gave it up.
fn push_states(statement: &mut QueryBuilder<Sqlite>, test: &Test) {
    const GIVEN_UP: &str =
        "exists (select 1 from sweep_trials as wish where wish.trial_key = trials.key
        and wish.sweep_key = trials.listed_key and wish.pruned_at_epoch is not null)";
    let (negation, states) = match test {
        Test::OneOf(states) => ("", states),
        Test::NoneOf(states) => ("not ", states),
        // A state has no order.
        Test::Beyond(..) | Test::Contains(_) => {
            return push_test(statement, &Column::Named("trials.state"), test);
        }
    };
    statement.push(negation).push("(");
    push_separated(statement, " or ", states, |statement, state| {
        let is = |known: &str| matches!(state, Operand::Text(text) if text == known);
        if is("pruned") {
            statement
                .push("trials.state = 'planned' and ")
                .push(GIVEN_UP);
        } else if is(TrialState::Planned.as_str()) {
            statement
                .push("trials.state = 'planned' and not ")
                .push(GIVEN_UP);
        } else {
            push_operand(statement.push("trials.state = "), state);
        }
    });
    statement.push(")");
}

fn push_separated<T>(
    statement: &mut QueryBuilder<Sqlite>,
    separator: &str,
    items: &[T],
    push: impl Fn(&mut QueryBuilder<Sqlite>, &T),
) {
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            statement.push(separator);
        }
        push(statement, item);
    }
}

fn push_operand(statement: &mut QueryBuilder<Sqlite>, value: &Operand) {
    match value {
        Operand::Number(number) => statement.push_bind(*number),
        Operand::Text(text) => statement.push_bind(text.clone()),
    };
}
