//! A filter as the conditions of a statement.

use fitroom_domain::trial_filter::{Condition, Operand, Test};
use fitroom_domain::{TrialField, TrialFilter, TrialState};
use sqlx::{QueryBuilder, Sqlite};

/// Adds `where` with all conditions, if there are any.
pub(crate) fn push_filter(statement: &mut QueryBuilder<Sqlite>, filter: &TrialFilter) {
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
        TrialField::Id => push_ids(statement, test),
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
pub(crate) enum Column<'a> {
    /// A column.
    Named(&'static str),
    /// A column of `trials`.
    OfTrial(&'static str),
    /// The value that an imported trial has of a setting.
    Setting(&'a str),
}

impl Column<'_> {
    pub(crate) fn push<'s>(
        &self,
        statement: &'s mut QueryBuilder<Sqlite>,
    ) -> &'s mut QueryBuilder<Sqlite> {
        match self {
            Column::Named(name) => statement.push(*name),
            Column::OfTrial(name) => statement.push("trials.").push(*name),
            Column::Setting(name) => (statement.push(
                "(select iif(setting.type in ('true', 'false'), setting.type, setting.atom)
                  from json_each(trials.trial, '$.imported.settings') as setting where setting.key = ",
            ))
            .push_bind((*name).to_owned())
            .push(")"),
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
            if let Column::Setting(_) = column {
                // SQLite has every text lie above every number.
                column.push(statement.push("(typeof("));
                statement.push(match value {
                    Operand::Number(_) => ") <> 'text') and ",
                    Operand::Text(_) => ") = 'text') and ",
                });
            }
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

/// A test of the id, of which the value may be a start: the index of ids has those from it on, up to those from it
/// with a `g`, which comes after all hexadecimal digits.
fn push_ids(statement: &mut QueryBuilder<Sqlite>, test: &Test) {
    let (opening, values) = match test {
        Test::OneOf(values) => ("(", values),
        Test::NoneOf(values) => ("not (", values),
        Test::Beyond(..) | Test::Contains(_) => {
            return push_test(statement, &Column::Named("trials.id"), test);
        }
    };
    statement.push(opening);
    push_separated(statement, " or ", values, |statement, value| {
        push_operand(statement.push("trials.id >= "), value);
        push_operand(statement.push(" and trials.id < "), value);
        statement.push(" || 'g'");
    });
    statement.push(")");
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
