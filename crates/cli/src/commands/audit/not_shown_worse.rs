//! Which trials' predictions do not show that they are worse than the best.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use fitroom_data::read_predictions;
use fitroom_domain::highest_logit;
use fitroom_domain::statistics::{discordant, holm, photograph_scores};

use super::Trained;
use crate::database::Database;
use crate::run_folder::PREDICTIONS;

/// Differences from the best with a p-value of at least this are not shown to be more than chance.
const LEVEL: f64 = 0.05;

/// Keys of the trials whose predictions do not show that they are worse than the first: the first itself, and
/// those whose McNemar test, with Holm's correction for all, is not significant. A photograph and its mirrored copy
/// are one try.
pub(super) fn not_shown_worse(
    database: &Database,
    best_first: &[Trained],
) -> anyhow::Result<BTreeSet<i64>> {
    let Some((winner, others)) = best_first.split_first() else {
        return Ok(BTreeSet::new());
    };
    let of_winner = Scores::read(database, winner)?;
    let mut p_values = Vec::with_capacity(others.len());
    for other in others {
        let scores = Scores::read(database, other)?;
        scores.check_photographs(&of_winner)?;
        p_values.push(discordant(&of_winner.of_photographs, &scores.of_photographs).p_value());
    }
    let band = others.iter().zip(holm(&p_values));
    let band = band.filter(|(_, p_value)| *p_value >= LEVEL);
    Ok([winner.row.key]
        .into_iter()
        .chain(band.map(|(other, _)| other.row.key))
        .collect())
}

/// What a trial gets right of the validation split.
struct Scores {
    path: PathBuf,
    photographs: BTreeSet<u32>,
    /// The share of each photograph's pictures that it gets right, in rising order of photograph.
    of_photographs: Vec<f64>,
}

impl Scores {
    fn read(database: &Database, trained: &Trained) -> anyhow::Result<Scores> {
        let folder = trained.row.folder.as_deref().unwrap_or_default();
        let path = database.store().runs().join(folder).join(PREDICTIONS);
        let predictions = read_predictions(&path)
            .with_context(|| format!("failed to read what {} predicted", trained.row.name))?;
        let pictures = predictions.rows.iter().zip(predictions.logits.rows());
        let right = pictures.map(|(row, logits)| {
            let predicted = highest_logit(logits.iter().copied());
            (row.photograph, predicted == usize::from(row.class))
        });
        Ok(Scores {
            path,
            photographs: predictions.rows.iter().map(|row| row.photograph).collect(),
            of_photographs: photograph_scores(right),
        })
    }

    /// Only what two trials say about the same photographs can be compared.
    fn check_photographs(&self, winner: &Scores) -> anyhow::Result<()> {
        if self.photographs == winner.photographs {
            return Ok(());
        }
        Err(anyhow!(
            "`{}` is about other photographs ({}) than `{}` ({}): they cannot be compared",
            self.path.display(),
            self.photographs.len(),
            winner.path.display(),
            winner.photographs.len()
        ))
    }
}
