//! Reading expressions.

use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

use super::{Condition, Operand, Side, Test, TrialFilter};
use crate::state::TrialState;
use crate::trial_field::TrialField;

/// An expression that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No condition can be found in it.
    #[error(
        "`{found}` is no condition, expected a field, one of = != < <= > >= ~ and a value, as in `accuracy>0.8`"
    )]
    NoCondition {
        /// What stands there.
        found: String,
    },
    /// A value that the field cannot have.
    #[error("`{condition}`: `{found}` is no {expected}")]
    Value {
        /// The condition.
        condition: String,
        /// The value.
        found: String,
        /// What the field has.
        expected: &'static str,
    },
    /// An operator that makes no sense for the field.
    #[error("`{condition}`: `{field}` can be compared with {expected} alone")]
    Operator {
        /// The condition.
        condition: String,
        /// The field.
        field: String,
        /// The operators that make sense.
        expected: &'static str,
    },
    /// More alternatives than a database can be asked for.
    #[error("`{field}` has {found} alternatives, expected at most {MOST}")]
    TooMany {
        /// The field.
        field: String,
        /// How many there are.
        found: usize,
    },
    /// A quotation mark without its partner.
    #[error("`{found}` ends within quotation marks")]
    Quotation {
        /// The expression.
        found: String,
    },
}

/// Alternatives of a condition.
const MOST: usize = 500;

/// What a state is said to be, beside those of [`TrialState`].
const PRUNED: &str = "pruned";

impl FromStr for TrialFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<TrialFilter, FilterError> {
        let words = words(text)?;
        let words = words.iter().filter(|word| word.as_str() != "and");
        let conditions = words.map(|word| condition(word));
        Ok(TrialFilter {
            conditions: conditions.collect::<Result<_, _>>()?,
        })
    }
}

/// The parts between white space, but for that within quotation marks, which stay.
fn words(text: &str) -> Result<Vec<String>, FilterError> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        quoted ^= character == '"';
        match (character.is_whitespace() && !quoted, words.last_mut()) {
            (false, Some(word)) => word.push(character),
            _ => words.push(String::new()),
        }
    }
    if quoted {
        return Err(FilterError::Quotation {
            found: text.to_owned(),
        });
    }
    words.retain(|word| !word.is_empty());
    Ok(words)
}

/// The operators; of two that begin alike the longer one comes first.
const OPERATORS: [&str; 7] = ["!=", "<=", ">=", "=", "<", ">", "~"];

fn condition(word: &str) -> Result<Condition, FilterError> {
    let no_condition = || FilterError::NoCondition {
        found: word.to_owned(),
    };
    let is_of_name = |character: char| !"!<>=~\"".contains(character);
    let end = word.find(|character| !is_of_name(character));
    let (name, rest) = word.split_at(end.ok_or_else(no_condition)?);
    let operator = OPERATORS.into_iter().find(|it| rest.starts_with(it));
    let operator = operator.ok_or_else(no_condition)?;
    let values = alternatives(&rest[operator.len()..]);
    if name.is_empty() || values.iter().any(String::is_empty) {
        return Err(no_condition());
    }
    let field = TrialField::named(name);
    if values.len() > MOST {
        return Err(FilterError::TooMany {
            field: field.to_string(),
            found: values.len(),
        });
    }
    let refuse = |expected| FilterError::Operator {
        condition: word.to_owned(),
        field: field.to_string(),
        expected,
    };
    let test = match operator {
        "~" if is_number(&field) => return Err(refuse("= != < <= > >=")),
        "~" => Test::Contains(values),
        "=" | "!=" => {
            let values = values.iter().map(|value| operand(word, &field, value));
            let values = values.collect::<Result<_, _>>()?;
            match operator {
                "=" => Test::OneOf(values),
                _ => Test::NoneOf(values),
            }
        }
        _ if !has_order(&field) => return Err(refuse("= != ~")),
        _ => {
            let [value] = &values[..] else {
                return Err(no_condition());
            };
            let side = match operator {
                "<" => Side::Below,
                "<=" => Side::AtMost,
                ">" => Side::Above,
                _ => Side::AtLeast,
            };
            Test::Beyond(side, operand(word, &field, value)?)
        }
    };
    Ok(Condition { field, test })
}

/// The values between commas, without quotation marks.
fn alternatives(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        match (character, values.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => values.push(String::new()),
            (_, Some(value)) => value.push(character),
            (_, None) => {}
        }
    }
    values
}

fn is_number(field: &TrialField) -> bool {
    matches!(field, TrialField::Number(_))
}

fn has_order(field: &TrialField) -> bool {
    matches!(
        field,
        TrialField::Number(_) | TrialField::Ended | TrialField::Setting(_)
    )
}

/// The value as the field has it.
fn operand(condition: &str, field: &TrialField, value: &str) -> Result<Operand, FilterError> {
    let refuse = |expected| FilterError::Value {
        condition: condition.to_owned(),
        found: value.to_owned(),
        expected,
    };
    let text = || Operand::Text(value.to_owned());
    match field {
        TrialField::Number(number) => {
            let value = match value.strip_suffix('%').filter(|_| number.is_share) {
                Some(percent) => finite(percent).map(|percent| percent / 100.0),
                None => finite(value),
            };
            value.map(Operand::Number).ok_or_else(|| refuse("number"))
        }
        TrialField::Setting(_) => Ok(finite(value).map_or_else(text, Operand::Number)),
        TrialField::State if value != PRUNED && value.parse::<TrialState>().is_err() => Err(
            refuse("state: planned, running, finished, diverged, failed or pruned"),
        ),
        TrialField::Ended if !is_start_of_time(value) => {
            Err(refuse("time, as in 2026-08-31 or 2026-08-31T12:30 (UTC)"))
        }
        _ => Ok(text()),
    }
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether a text is a time in RFC 3339, or the start of one from the year on.
fn is_start_of_time(text: &str) -> bool {
    const PATTERN: &str = "0000-00-00T00:00:00.000Z";
    let fits = |found: char, expected: char| match expected {
        '0' => found.is_ascii_digit(),
        _ => found == expected,
    };
    let mut pattern: Peekable<CharIndices<'_>> = PATTERN.char_indices().peekable();
    let fits_so_far = text.chars().all(|found| {
        pattern
            .next()
            .is_some_and(|(_, expected)| fits(found, expected))
    });
    let ended = pattern.peek().map_or(PATTERN.len(), |(place, _)| *place);
    fits_so_far && matches!(ended, 4 | 7 | 10 | 13 | 16 | 19 | 23 | 24)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Vec<Condition> {
        text.parse::<TrialFilter>().unwrap().conditions
    }

    fn refused(text: &str) -> String {
        text.parse::<TrialFilter>().unwrap_err().to_string()
    }

    fn condition_of(name: &str, test: Test) -> Condition {
        Condition {
            field: TrialField::named(name),
            test,
        }
    }

    fn texts(values: &[&str]) -> Vec<Operand> {
        let text = |value: &&str| Operand::Text((*value).to_owned());
        values.iter().map(text).collect()
    }

    #[test]
    fn conditions_stand_side_by_side() {
        let above = Test::Beyond(Side::Above, Operand::Number(0.8));
        let sizes = Test::OneOf(vec![Operand::Number(64.0), Operand::Number(96.0)]);
        let expected = [
            condition_of("accuracy", above),
            condition_of("kernel_num", sizes),
        ];
        for text in [
            "accuracy>0.8 kernel_num=64,96",
            " accuracy>80%  and\tkernel_num=64,96 ",
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
        assert!(parsed("").is_empty());
    }

    #[test]
    fn texts_are_compared_or_searched() {
        assert_eq!(
            parsed("state!=failed,pruned note~\"too dark, really\" ended>=2026-08 sweep=\"a b\",c"),
            [
                condition_of("state", Test::NoneOf(texts(&["failed", "pruned"]))),
                condition_of("note", Test::Contains(vec!["too dark, really".to_owned()])),
                condition_of(
                    "ended",
                    Test::Beyond(Side::AtLeast, Operand::Text("2026-08".to_owned()))
                ),
                condition_of("sweep", Test::OneOf(texts(&["a b", "c"]))),
            ]
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_does() {
        for (text, said) in [
            ("accuracy", "`accuracy` is no condition"),
            ("accuracy>", "`accuracy>` is no condition"),
            (">0.8", "`>0.8` is no condition"),
            ("accuracy>0.8,0.9", "`accuracy>0.8,0.9` is no condition"),
            ("kernel_num=64,", "`kernel_num=64,` is no condition"),
            ("accuracy>high", "`high` is no number"),
            ("kernel_num>50%", "`50%` is no number"),
            ("accuracy>inf", "`inf` is no number"),
            (
                "accuracy~0.8",
                "`accuracy` can be compared with = != < <= > >= alone",
            ),
            ("name>k3", "`name` can be compared with = != ~ alone"),
            ("state=done", "`done` is no state: planned, running"),
            ("ended>yesterday", "`yesterday` is no time"),
            ("ended>2026-8", "`2026-8` is no time"),
            ("note~\"too dark", "ends within quotation marks"),
        ] {
            assert!(refused(text).contains(said), "{text}: {}", refused(text));
        }
    }

    #[test]
    fn alternatives_are_counted() {
        let seeds: Vec<String> = (0..=MOST).map(|seed| seed.to_string()).collect();
        let condition = |seeds: &[String]| format!("seed={}", seeds.join(","));
        assert_eq!(parsed(&condition(&seeds[1..])).len(), 1);
        let said = refused(&condition(&seeds));
        assert!(said.contains("`seed` has 501 alternatives"), "{said}");
    }

    #[test]
    fn a_time_may_stop_after_any_of_its_parts() {
        for text in [
            "2026",
            "2026-08",
            "2026-08-31",
            "2026-08-31T12:30",
            "2026-08-31T12:30:01.500Z",
        ] {
            assert!(is_start_of_time(text), "{text}");
        }
        for text in [
            "",
            "202",
            "2026-",
            "2026-08-3",
            "2026-08-31 12:30",
            "2026-08-31T12:30:01.500ZZ",
        ] {
            assert!(!is_start_of_time(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z_=!<>~\",% 0-9.µ-]{0,40}") {
            let _ = text.parse::<TrialFilter>();
        }
    }
}
