//! What a person sees while a sweep runs: on a terminal a bar and a line for each worker, elsewhere a
//! plain line for each trial that ends.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fitroom_domain::{EpochMetrics, TrialFigures};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::time::duration;
use crate::output;

/// The display of one sweep.
pub(crate) struct Progress {
    bars: Option<Bars>,
    state: Mutex<State>,
}

struct Bars {
    all: MultiProgress,
    sweep: ProgressBar,
}

struct State {
    trials: usize,
    ended: usize,
    /// The trials in training and when each began.
    running: Vec<(String, Instant)>,
    /// Whether it has been said that only other processes' trials are left.
    waiting: bool,
    best: Option<(String, f64)>,
    workers: usize,
    /// Seconds that workers spent on the trials that have ended.
    seconds_ended: f64,
    /// Cost of all trials that were to do, of those that have ended, in any unit.
    cost: f64,
    cost_ended: f64,
}

/// One running trial's line. It disappears when it is dropped, also by a panic.
pub(crate) struct TrialLine {
    name: String,
    bar: Option<ProgressBar>,
}

impl Drop for TrialLine {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress {
    /// A display for `trials` trials, of which `ended` have ended already; the others cost `cost` in
    /// whatever unit [`Progress::ended`] is told. `best` is the best so far with its accuracy.
    pub(crate) fn new(
        trials: usize,
        ended: usize,
        cost: f64,
        best: Option<(String, f64)>,
        workers: usize,
    ) -> Progress {
        let bars = io::stderr().is_terminal().then(|| {
            let all = MultiProgress::new();
            let sweep = all.add(ProgressBar::new(trials as u64));
            sweep.set_style(style("{bar:30} {msg}"));
            sweep.enable_steady_tick(Duration::from_secs(1));
            Bars { all, sweep }
        });
        let state = State {
            trials,
            ended,
            running: Vec::new(),
            waiting: false,
            best,
            workers,
            seconds_ended: 0.0,
            cost,
            cost_ended: 0.0,
        };
        let progress = Progress {
            bars,
            state: Mutex::new(state),
        };
        progress.show();
        progress
    }

    /// A trial begins.
    pub(crate) fn begin(&self, name: &str) -> TrialLine {
        {
            let mut state = self.state();
            state.running.push((name.to_owned(), Instant::now()));
            state.waiting = false;
        }
        self.show();
        self.line(name)
    }

    /// A line for a trial that is running already.
    pub(crate) fn line(&self, name: &str) -> TrialLine {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.all.add(ProgressBar::new_spinner());
            bar.set_style(style("  {spinner} {msg}"));
            bar.set_message(name.to_owned());
            bar
        });
        TrialLine {
            name: name.to_owned(),
            bar,
        }
    }

    /// A trial has finished with these figures, having cost `cost`.
    pub(crate) fn finished(&self, line: TrialLine, figures: &TrialFigures, cost: f64) {
        {
            let mut state = self.state();
            if state
                .best
                .as_ref()
                .is_none_or(|(_, accuracy)| figures.accuracy > *accuracy)
            {
                state.best = Some((line.name.clone(), figures.accuracy));
            }
        }
        let text = format!(
            "{}: accuracy {}, loss {:.4}, best epoch {} of {}, {}",
            line.name,
            output::percent(figures.accuracy),
            figures.loss,
            figures.best_epoch,
            figures.epochs,
            duration(figures.seconds)
        );
        self.end(line, Some(cost), &text);
    }

    /// A trial has ended without figures, or will be tried again (`cost` is `None`).
    pub(crate) fn ended(&self, line: TrialLine, what: &str, cost: Option<f64>) {
        let text = format!("{}: {what}", line.name);
        self.end(line, cost, &text);
    }

    /// Nothing is left but `elsewhere` trials that other processes train.
    pub(crate) fn waiting(&self, elsewhere: usize) {
        let mut state = self.state();
        if !state.running.is_empty() || state.waiting {
            return;
        }
        state.waiting = true;
        drop(state);
        self.print(&match elsewhere {
            1 => "waiting for 1 trial that another process trains".to_owned(),
            several => format!("waiting for {several} trials that other processes train"),
        });
    }

    /// Removes the display.
    pub(crate) fn close(&self) {
        if let Some(bars) = &self.bars {
            bars.sweep.finish_and_clear();
        }
    }

    fn end(&self, line: TrialLine, cost: Option<f64>, text: &str) {
        let position = {
            let mut state = self.state();
            let position = state
                .running
                .iter()
                .position(|(name, _)| *name == line.name);
            let began = position.map(|position| state.running.swap_remove(position).1);
            drop(line);
            if let Some(cost) = cost {
                state.seconds_ended += began.map_or(0.0, |began| began.elapsed().as_secs_f64());
                state.ended += 1;
                state.cost_ended += cost;
            }
            format!("[{}/{}]", state.ended, state.trials)
        };
        let left = match self.bars {
            // The bar says it.
            Some(_) => None,
            None => self.state().time_left(),
        };
        let left = left
            .map(|left| format!("; about {left} left"))
            .unwrap_or_default();
        self.print(&format!("{position} {text}{left}"));
        self.show();
    }

    /// Prints a line that stays.
    fn print(&self, text: &str) {
        match &self.bars {
            // A terminal that has gone away is noticed elsewhere.
            Some(bars) => drop(bars.all.println(text)),
            None => output::message(text),
        }
    }

    fn show(&self) {
        let Some(bars) = &self.bars else { return };
        let state = self.state();
        let mut text = format!(
            "{} of {} trials, {} running",
            state.ended,
            state.trials,
            state.running.len()
        );
        if let Some((name, accuracy)) = &state.best {
            text.push_str(&format!(", best {} ({name})", output::percent(*accuracy)));
        }
        if let Some(left) = state.time_left() {
            text.push_str(&format!(", about {left} left"));
        }
        bars.sweep.set_position(state.ended as u64);
        bars.sweep.set_message(text);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The time that the rest takes at the pace so far; unknown before the first trial has ended.
    fn time_left(&self) -> Option<String> {
        let running = self.running.iter();
        let under_way = running
            .map(|(_, began)| began.elapsed().as_secs_f64())
            .sum();
        let rest = self.cost - self.cost_ended;
        let pace = self.seconds_ended / self.cost_ended;
        (self.cost_ended > 0.0 && rest > 0.0)
            .then(|| duration(seconds_left(rest, pace, under_way, self.workers)))
    }
}

/// Seconds until trials that cost `rest` have ended, when a worker takes `pace` seconds for each unit of cost
/// and `under_way` seconds of them are done already.
fn seconds_left(rest: f64, pace: f64, under_way: f64, workers: usize) -> f64 {
    (rest * pace - under_way).max(0.0) / workers.max(1) as f64
}

impl TrialLine {
    /// A step has ended.
    pub(crate) fn step(&self, epoch: u32, step: u32, steps: u32) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!(
                "{}: epoch {epoch}, step {step} of {steps}",
                self.name
            ));
            bar.tick();
        }
    }

    /// An epoch has ended.
    pub(crate) fn epoch(&self, metrics: &EpochMetrics) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!(
                "{}: epoch {}, validation accuracy {}",
                self.name,
                metrics.epoch,
                output::percent(metrics.validation.accuracy)
            ));
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_workers_need_half_the_time_and_what_is_under_way_counts() {
        // Three trials of cost 10; the first took 20 seconds, the second has run for as long.
        assert_eq!(seconds_left(20.0, 2.0, 20.0, 2), 10.0);
        // A trial that takes longer than thought is about to end.
        assert_eq!(seconds_left(10.0, 2.0, 30.0, 2), 0.0);
    }
}
