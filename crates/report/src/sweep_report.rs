//! What the report of a sweep is made of.

use fitroom_domain::{
    ConfusionMatrix, DatasetKey, EpochMetrics, Flip, RecordedFigures, RecordedTrial, SplitCounts,
    Task, TaskSummary, TrialId, TrialState, leaderboard,
};

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
    /// Every trial that the sweep wants, in any state and order.
    pub trials: Vec<TrialRow>,
    /// The confusion matrix of the best trial on the validation split; `None` while there is none.
    pub best: Option<BestTrial>,
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
}

/// How the best trial answers.
#[derive(Debug, Clone)]
pub struct BestTrial {
    /// Its id.
    pub id: TrialId,
    /// Its answers on the validation split.
    pub confusion: ConfusionMatrix,
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
}

/// Pictures that a validation accuracy is the share of: mirrored copies count if the task has them.
pub(crate) fn validated(photographs: &SplitCounts, flip: Flip) -> u64 {
    match flip {
        Flip::All => photographs.validation.saturating_mul(2),
        Flip::None | Flip::Train => photographs.validation,
    }
}
