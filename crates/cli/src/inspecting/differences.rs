//! By what two trials differ, quantity by quantity.

use fitroom_domain::{EpochMetrics, RecordedFigures};
use serde::Serialize;
use serde_json::{Value, json};

use super::facts::TrialFacts;
use super::facts_text::{git_text, quoted};
use super::numbers::{bytes, duration, grouped, signed};
use super::task_text::task_text;
use crate::output;

/// How a quantity is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A share, in percent; differences in percentage points.
    Share,
    /// A number with four decimals.
    Decimal,
    /// A whole number.
    Count,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// As it is.
    Plain,
}

/// A quantity of both trials. What is unknown is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Compared {
    /// What it is.
    pub(super) name: String,
    /// Of the first trial.
    pub(super) a: Value,
    /// Of the second.
    pub(super) b: Value,
    /// B less A, where both are numbers.
    pub(super) difference: Option<f64>,
    #[serde(skip)]
    kind: Kind,
}

impl Compared {
    fn new(name: &str, kind: Kind, a: impl Into<Value>, b: impl Into<Value>) -> Compared {
        let (a, b) = (a.into(), b.into());
        let difference = a.as_f64().zip(b.as_f64()).map(|(a, b)| b - a);
        Compared {
            name: name.to_owned(),
            a,
            b,
            difference,
            kind,
        }
    }

    /// Whether both are the same.
    pub(super) fn is_same(&self) -> bool {
        self.a == self.b
    }

    /// Both as people read them.
    pub(super) fn texts(&self) -> [String; 2] {
        [&self.a, &self.b].map(|value| self.text(value))
    }

    fn text(&self, value: &Value) -> String {
        let number = value.as_f64();
        match (self.kind, number, value) {
            (_, _, Value::Null) => "–".to_owned(),
            (Kind::Share, Some(share), _) => output::percent(share),
            (Kind::Decimal, Some(number), _) => format!("{number:.4}"),
            (Kind::Count, Some(count), _) => grouped(count as u64),
            (Kind::Seconds, Some(seconds), _) => duration(seconds),
            (Kind::Bytes, Some(count), _) => bytes(count as u64),
            (_, Some(number), _) => fitroom_domain::hyperparameters::format_number(number),
            (_, None, Value::String(text)) => text.clone(),
            (_, None, Value::Array(texts)) => {
                let texts = texts.iter().filter_map(Value::as_str);
                texts.collect::<Vec<&str>>().join("\n")
            }
            (_, None, other) => other.to_string(),
        }
    }

    /// The difference as people read it; empty where there is none to speak of.
    pub(super) fn difference_text(&self) -> String {
        let Some(difference) = self.difference.filter(|_| !self.is_same()) else {
            return String::new();
        };
        match self.kind {
            Kind::Share => format!("{} points", signed(100.0 * difference, 2)),
            Kind::Decimal => signed(difference, 4),
            Kind::Count if difference < 0.0 => format!("−{}", grouped(-difference as u64)),
            Kind::Count => format!("+{}", grouped(difference as u64)),
            Kind::Seconds => format!("{} s", signed(difference, 1)),
            Kind::Bytes | Kind::Plain => String::new(),
        }
    }
}

/// Hyperparameters, then training settings, then the seed.
pub(super) fn settings(a: &TrialFacts, b: &TrialFacts) -> Vec<Compared> {
    let (of_a, of_b) = (a.row.trial.settings(), b.row.trial.settings());
    let others = of_b
        .iter()
        .filter(|(name, _)| !of_a.iter().any(|it| it.0 == *name));
    let names = of_a.iter().chain(others).map(|(name, _)| name.as_str());
    let value = |facts: &TrialFacts, name: &str| -> Value {
        facts
            .row
            .trial
            .setting(name)
            .map_or(Value::Null, |it| it.json(true))
    };
    let mut compared: Vec<Compared> = names
        .map(|name| Compared::new(name, Kind::Plain, value(a, name), value(b, name)))
        .collect();
    let seed = |facts: &TrialFacts| facts.row.trial.seed();
    compared.push(Compared::new("seed", Kind::Plain, seed(a), seed(b)));
    compared
}

/// Figures of finished trials.
pub(super) fn figures(a: &TrialFacts, b: &TrialFacts) -> Vec<Compared> {
    let (of_a, of_b) = (a.row.figures, b.row.figures);
    let compared = |name, kind, value: fn(&RecordedFigures) -> Value| {
        let value = |figures: &Option<RecordedFigures>| figures.as_ref().map_or(Value::Null, value);
        Compared::new(name, kind, value(&of_a), value(&of_b))
    };
    vec![
        compared("accuracy", Kind::Share, |it| json!(it.accuracy)),
        compared("loss", Kind::Decimal, |it| json!(it.loss)),
        compared("parameters", Kind::Count, |it| json!(it.parameters)),
        compared("multiply_adds", Kind::Count, |it| json!(it.multiply_adds)),
        compared("seconds", Kind::Seconds, |it| json!(it.seconds)),
    ]
}

/// How training went.
pub(super) fn curves(a: &TrialFacts, b: &TrialFacts) -> Vec<Compared> {
    let best = |facts: &TrialFacts| facts.row.figures.and_then(|figures| figures.best_epoch);
    let epochs = |facts: &TrialFacts| facts.record.epochs.last().map(|it| it.epoch);
    let last = |name: &str, kind, value: fn(&EpochMetrics) -> f64| {
        let value = |facts: &TrialFacts| facts.record.epochs.last().map(value);
        Compared::new(name, kind, value(a), value(b))
    };
    vec![
        Compared::new("best_epoch", Kind::Count, best(a), best(b)),
        Compared::new("epochs", Kind::Count, epochs(a), epochs(b)),
        last("last_validation_accuracy", Kind::Share, |it| {
            it.validation.accuracy
        }),
        last("last_validation_loss", Kind::Decimal, |it| {
            it.validation.loss
        }),
        last("last_train_accuracy", Kind::Share, |it| it.train.accuracy),
        last("last_train_loss", Kind::Decimal, |it| it.train.loss),
    ]
}

/// How the last attempts came about.
pub(super) fn origin(a: &TrialFacts, b: &TrialFacts) -> Vec<Compared> {
    let compared = |name, kind, value: fn(&TrialFacts) -> Option<Value>| {
        Compared::new(name, kind, value(a), value(b))
    };
    vec![
        compared("dataset", Kind::Plain, |it| {
            Some(it.row.dataset.clone().into())
        }),
        compared("fingerprint", Kind::Plain, |it| {
            Some(it.row.trial.fingerprint()?.as_str().into())
        }),
        compared("task", Kind::Plain, |it| Some(it.row.trial.task().into())),
        compared("predicts", Kind::Plain, |it| {
            Some(task_text(&it.row.definition)?.into())
        }),
        compared("numerics", Kind::Plain, |it| {
            Some(it.row.numerics.clone()?.into())
        }),
        compared("sweep", Kind::Plain, |it| {
            Some(it.last_run()?.0.name.clone().into())
        }),
        compared("overrides", Kind::Plain, |it| {
            Some(it.last_run()?.1.overrides.clone().into())
        }),
        compared("command", Kind::Plain, |it| {
            Some(quoted(&it.provenance()?.command_line).into())
        }),
        compared("working_folder", Kind::Plain, |it| {
            Some(it.provenance()?.working_folder.clone().into())
        }),
        compared("git", Kind::Plain, |it| {
            Some(git_text(it.provenance()?.git.as_ref()).into())
        }),
        compared("fitroom", Kind::Plain, |it| {
            Some(it.provenance()?.versions.fitroom.clone().into())
        }),
        compared("libtorch", Kind::Plain, |it| {
            Some(it.provenance()?.versions.libtorch.clone().into())
        }),
        compared("training_semantics", Kind::Plain, |it| {
            Some(it.provenance()?.versions.training_semantics.into())
        }),
        compared("cpu", Kind::Plain, |it| {
            Some(it.provenance()?.machine.cpu.clone().into())
        }),
        compared("cores", Kind::Plain, |it| {
            Some(it.provenance()?.machine.cores.into())
        }),
        compared("memory_bytes", Kind::Bytes, |it| {
            Some(it.provenance()?.machine.memory_bytes.into())
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_of_the_second_less_the_first() {
        let accuracy = Compared::new("accuracy", Kind::Share, 0.9, 0.875);
        assert_eq!(accuracy.texts(), ["90.00 %", "87.50 %"]);
        assert_eq!(accuracy.difference_text(), "−2.50 points");
        let parameters = Compared::new("parameters", Kind::Count, 8_400_000, 9_600_001);
        assert_eq!(parameters.texts(), ["8,400,000", "9,600,001"]);
        assert_eq!(parameters.difference_text(), "+1,200,001");
        let fewer = Compared::new("parameters", Kind::Count, 9, 8);
        assert_eq!(fewer.difference_text(), "−1");
        let lambda = Compared::new("lambda", Kind::Plain, 1e-5, 0);
        assert_eq!(lambda.texts(), ["1e-5", "0"]);
        assert_eq!(lambda.difference_text(), "");
    }

    #[test]
    fn what_is_unknown_has_no_difference() {
        let loss = Compared::new("loss", Kind::Decimal, None::<f64>, 0.5);
        assert_eq!(
            (loss.texts(), loss.difference),
            (["–".to_owned(), "0.5000".to_owned()], None)
        );
        assert!(!loss.is_same());
        let same = Compared::new("loss", Kind::Decimal, 0.5, 0.5);
        assert!(same.is_same() && same.difference_text().is_empty());
        let unknown = Compared::new("loss", Kind::Decimal, f64::NAN, f64::NAN);
        assert!(unknown.is_same(), "JSON has no NaN");
    }
}
