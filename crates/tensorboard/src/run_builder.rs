//! A run, put together from its events.

use std::collections::BTreeMap;

use crate::event::{Event, TaggedValue, Value, What};
use crate::restarts::Restarts;
use crate::run::{Point, Run};

/// The longest texts of one tag and step that are kept, in bytes. Longer ones are only counted.
pub const MAX_TEXT_BYTES: usize = 64 << 10;

/// Puts a run together from its events, one by one, in the order of its files and of what they hold.
#[derive(Debug, Default)]
pub struct RunBuilder {
    /// What has no step; the rest is empty.
    run: Run,
    scalars: Tags<Point<f64>>,
    texts: Tags<Point<Vec<String>>>,
    pictures: Tags<usize>,
    histograms: Tags<()>,
    restarts: Restarts,
    /// Whether files of this run say themselves where training starts again: those of version 2 of the format.
    says_starts: bool,
    /// The step of the last event that did not go back.
    step: Option<i64>,
}

/// The values of one kind, by tag.
#[derive(Debug)]
struct Tags<T>(BTreeMap<String, Steps<T>>);

/// The values of one tag, by step.
#[derive(Debug)]
struct Steps<T> {
    values: BTreeMap<i64, T>,
    /// Of how many starts the values know.
    seen: usize,
}

impl RunBuilder {
    /// A run without events.
    pub fn new() -> RunBuilder {
        RunBuilder::default()
    }

    /// Takes the run's next event.
    ///
    /// What was written before training started again is found as TensorBoard's `EventAccumulator` does:
    /// by the event that says so, or, in files of version 1 of the format, by a step that goes back.
    pub fn add(&mut self, event: Event) {
        let Event {
            wall_time,
            step,
            what,
        } = event;
        // Some writers give the version's event the whole second before.
        if wall_time.is_finite() && !matches!(what, What::Version(_)) {
            let (first, last) = (&mut self.run.first_wall_time, &mut self.run.last_wall_time);
            *first = Some(first.map_or(wall_time, |first| first.min(wall_time)));
            *last = Some(last.map_or(wall_time, |last| last.max(wall_time)));
        }
        if let What::Version(version) = &what {
            self.says_starts = version_number(version).is_some_and(|version| version >= 2.0);
        }
        self.run.starts |= what == What::Start;
        if self.says_starts {
            if what == What::Start {
                self.restarts.add(step);
            }
        } else if self.step.is_some_and(|last| step < last)
            && let What::Values(values) = &what
        {
            for TaggedValue { tag, .. } in values {
                self.scalars.forget(tag, step);
                self.texts.forget(tag, step);
                self.pictures.forget(tag, step);
                self.histograms.forget(tag, step);
            }
        } else {
            self.step = Some(step);
        }
        if let What::Values(values) = what {
            for TaggedValue { tag, value } in values {
                self.add_value(wall_time, step, tag, value);
            }
        }
    }

    fn add_value(&mut self, wall_time: f64, step: i64, tag: String, value: Value) {
        let restarts = &self.restarts;
        match value {
            Value::Scalar(value) => {
                let point = Point { wall_time, value };
                self.scalars.insert(restarts, tag, step, point);
            }
            Value::Texts(value)
                if value.iter().map(String::len).sum::<usize>() > MAX_TEXT_BYTES =>
            {
                self.run.long_texts += 1;
            }
            Value::Texts(value) => {
                let point = Point { wall_time, value };
                self.texts.insert(restarts, tag, step, point);
            }
            Value::Images(pictures) => {
                self.pictures.insert(restarts, tag, step, pictures.len());
            }
            Value::Histogram(_) => self.histograms.insert(restarts, tag, step, ()),
            Value::Experiment(experiment) => {
                self.run.experiment.get_or_insert(experiment);
            }
            Value::Start(start) => {
                self.run.session_start.get_or_insert(start);
            }
            Value::End(end) => {
                self.run.session_end.get_or_insert(end);
            }
            Value::KerasModel(model) => {
                self.run.keras_model.get_or_insert(model);
            }
            Value::Other => {}
        }
    }

    /// The run of all events so far.
    pub fn finish(self) -> Run {
        let restarts = &self.restarts;
        let histograms = self.histograms.finish(restarts);
        Run {
            scalars: self.scalars.finish(restarts),
            texts: self.texts.finish(restarts),
            pictures: self.pictures.finish(restarts),
            histograms: (histograms.into_iter())
                .map(|(tag, steps)| (tag, steps.into_keys().collect()))
                .collect(),
            ..self.run
        }
    }
}

impl<T> Tags<T> {
    fn insert(&mut self, restarts: &Restarts, tag: String, step: i64, value: T) {
        // Not by `entry`: the tag is nearly always there.
        if let Some(steps) = self.0.get_mut(&tag) {
            steps.catch_up(restarts);
            steps.values.insert(step, value);
        } else {
            let steps = Steps {
                values: [(step, value)].into(),
                seen: restarts.count(),
            };
            self.0.insert(tag, steps);
        }
    }

    /// Forgets what a tag has at `step` and later.
    fn forget(&mut self, tag: &str, step: i64) {
        if let Some(steps) = self.0.get_mut(tag) {
            steps.values.split_off(&step);
        }
    }

    /// What is left when all starts are known; no tag is without a value.
    fn finish(self, restarts: &Restarts) -> BTreeMap<String, BTreeMap<i64, T>> {
        let tags = self.0.into_iter().map(|(tag, mut steps)| {
            steps.catch_up(restarts);
            (tag, steps.values)
        });
        tags.filter(|(_, values)| !values.is_empty()).collect()
    }
}

impl<T> Default for Tags<T> {
    fn default() -> Tags<T> {
        Tags(BTreeMap::new())
    }
}

impl<T> Steps<T> {
    fn catch_up(&mut self, restarts: &Restarts) {
        if let Some(step) = restarts.void_from(self.seen) {
            self.values.split_off(&step);
        }
        self.seen = restarts.count();
    }
}

/// The number in `brain.Event:2`.
fn version_number(version: &str) -> Option<f64> {
    let number = version.rsplit("brain.Event:").next()?;
    number.trim().parse().ok()
}
