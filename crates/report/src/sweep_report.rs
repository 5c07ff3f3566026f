//! What the report of a sweep is made of.

use std::collections::{BTreeMap, BTreeSet};

use fitroom_domain::{
    DatasetKey, EpochMetrics, Flip, Provenance, RecordedFigures, RecordedTrial, SplitCounts, Task,
    TaskSummary, TrialId, TrialState, leaderboard,
};

use crate::test_report::TestReport;

/// Classes of which pages and JSON have matrices: those of more would be larger than all else together.
pub(crate) const MOST_CLASSES: usize = 60;

/// One sweep on one dataset.
#[derive(Debug, Clone)]
pub struct SweepReport {
    /// The dataset that the sweep ran on.
    pub dataset: DatasetKey,
    /// The sweep's name.
    pub sweep: String,
    /// Who ran it, and what they asked.
    pub source: SweepSource,
    /// What the command line changed in the sweep file when it was last run: the `KEY=VALUE` of each `--set`.
    pub overrides: Vec<String>,
    /// When the report was made, as it will be shown; UTC.
    pub generated_at: String,
    /// Version of Fitting Room.
    pub version: String,
    /// The distinct `numerics` of the attempts that trained the trials.
    pub numerics: Vec<String>,
    /// By which commands, programs and machines the finished trials came about, as far as that is recorded.
    pub origins: Vec<Provenance>,
    /// The loss of accuracy against the best that is still good enough to ship, a share in [0, 1).
    pub margin: f64,
    /// Every trial that the sweep wants, in any state and order.
    pub trials: Vec<TrialRow>,
    /// The pictures of the validation split, in the order of every trial's logits; none if no trial has logits.
    pub pictures: Vec<ValidationPicture>,
    /// What is known of the photographs that the pictures are of, by their position in the dataset.
    pub photographs: BTreeMap<u32, Photograph>,
    /// What the selected model of the task says about the test split; `None` of imported logs, and if nothing is selected.
    pub test: Option<TestReport>,
}

/// A picture of the validation split, which every trial was validated on, or of the test split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidationPicture {
    /// The photograph's position in the dataset.
    pub photograph: u32,
    /// Whether it is the photograph's mirrored copy.
    pub mirrored: bool,
    /// Its true class, a position among the task's classes.
    pub class: usize,
}

/// A photograph of the dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photograph {
    /// Its path in the catalogue.
    pub path: String,
    /// It as a small JPEG file, where there was room for one.
    pub jpeg: Option<Vec<u8>>,
}

/// Who ran a sweep.
#[derive(Debug, Clone)]
pub enum SweepSource {
    /// This program.
    Ours {
        /// The question it asks.
        task: Task,
        /// What the task comes to on the dataset.
        summary: TaskSummary,
    },
    /// Others, whose logs were read.
    Imported {
        /// The folder of the logs.
        from: String,
    },
}

impl SweepSource {
    /// Pictures that a validation accuracy is the share of, if they are known.
    pub fn validated(&self) -> Option<u64> {
        match self {
            SweepSource::Ours { task, summary } => {
                Some(validated(&summary.photographs, task.definition.flip))
            }
            SweepSource::Imported { .. } => None,
        }
    }
}

/// One trial.
#[derive(Debug, Clone)]
pub struct TrialRow {
    /// Its id.
    pub id: TrialId,
    /// The name of its folder.
    pub name: String,
    /// Where it stands.
    pub state: TrialState,
    /// All that is known of what determines its result.
    pub trial: RecordedTrial,
    /// Its figures, once it is finished.
    pub figures: Option<RecordedFigures>,
    /// The epochs trained so far, in order. What was not logged of an imported one is NaN.
    pub curve: Vec<EpochMetrics>,
    /// The last error, of a trial that failed or diverged.
    pub error: Option<String>,
    /// What its last attempt could not do beside training.
    pub warning: Option<String>,
    /// Attempts started.
    pub attempts: u32,
    /// The epoch after which this sweep pruned it, if it did.
    pub pruned_after: Option<u32>,
    /// The sweep that trained it, if another did.
    pub reused_from: Option<String>,
    /// Whether its weights are on disk.
    pub weights_kept: bool,
    /// What it says about the validation pictures, if that was stored: for each of [`SweepReport::pictures`] a logit
    /// for each class of the task, picture after picture.
    pub logits: Option<Vec<f32>>,
}

/// Where a trial stands in the eyes of its sweep, in the order in which reports name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Trained.
    Finished,
    /// Failed as often as it may.
    Failed,
    /// Its loss became infinite or undefined.
    Diverged,
    /// Being trained.
    Running,
    /// An attempt ended before its time; the next one goes on.
    Interrupted,
    /// Stopped by this sweep, for it could not win any more.
    Pruned,
    /// Not started.
    Planned,
}

impl Standing {
    /// Every standing, in order.
    pub(crate) const ALL: [Standing; 7] = [
        Standing::Finished,
        Standing::Failed,
        Standing::Diverged,
        Standing::Running,
        Standing::Interrupted,
        Standing::Pruned,
        Standing::Planned,
    ];

    /// Its word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Standing::Finished => "finished",
            Standing::Failed => "failed",
            Standing::Diverged => "diverged",
            Standing::Running => "running",
            Standing::Interrupted => "interrupted",
            Standing::Pruned => "pruned",
            Standing::Planned => "planned, not started",
        }
    }
}

impl TrialRow {
    /// Where it stands.
    pub(crate) fn standing(&self) -> Standing {
        match self.state {
            TrialState::Finished => Standing::Finished,
            TrialState::Failed => Standing::Failed,
            TrialState::Diverged => Standing::Diverged,
            TrialState::Running => Standing::Running,
            TrialState::Planned if self.pruned_after.is_some() => Standing::Pruned,
            TrialState::Planned if self.attempts > 0 => Standing::Interrupted,
            TrialState::Planned => Standing::Planned,
        }
    }
}

impl SweepReport {
    /// The trials that finished with their figures, best first.
    pub(crate) fn leaderboard(&self) -> Vec<(&TrialRow, RecordedFigures)> {
        let mut ranked: Vec<_> = self
            .trials
            .iter()
            .filter(|row| row.state == TrialState::Finished)
            .filter_map(|row| row.figures.map(|figures| (row, figures)))
            .collect();
        ranked.sort_by(|a, b| leaderboard::order((&a.0.id, &a.1), (&b.0.id, &b.1)));
        ranked
    }

    /// How many trials stand there.
    pub(crate) fn count(&self, standing: Standing) -> usize {
        self.trials
            .iter()
            .filter(|row| row.standing() == standing)
            .count()
    }

    /// What the task comes to on the dataset, if it is known.
    pub(crate) fn summary(&self) -> Option<&TaskSummary> {
        match &self.source {
            SweepSource::Ours { summary, .. } => Some(summary),
            SweepSource::Imported { .. } => None,
        }
    }

    /// Pictures that a validation accuracy is the share of, if they are known.
    pub(crate) fn validated(&self) -> Option<u64> {
        self.source.validated()
    }

    /// Classes of the task; 0 if they are not known.
    pub(crate) fn class_count(&self) -> usize {
        self.summary().map_or(0, |summary| summary.classes.len())
    }

    /// The name of a class.
    pub(crate) fn class_name(&self, class: usize) -> &str {
        let classes = self.summary().map_or(&[][..], |summary| &summary.classes);
        classes.get(class).map_or("unknown class", String::as_str)
    }
}

/// Photographs of a class among these pictures, without mirrored copies.
pub(crate) fn photographs_of(pictures: &[ValidationPicture], class: usize) -> u64 {
    let of_class = pictures.iter().filter(|picture| picture.class == class);
    let photographs: BTreeSet<u32> = of_class.map(|picture| picture.photograph).collect();
    photographs.len() as u64
}

/// Pictures that a validation accuracy is the share of: mirrored copies count if the task has them.
pub(crate) fn validated(photographs: &SplitCounts, flip: Flip) -> u64 {
    match flip {
        Flip::All => photographs.validation.saturating_mul(2),
        Flip::None | Flip::Train => photographs.validation,
    }
}
