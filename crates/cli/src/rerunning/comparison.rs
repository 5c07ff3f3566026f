//! Whether a trial came out the same to the bit.

use fitroom_domain::EpochMetrics;

use super::recorded::Recorded;
use super::train_again::Rerun;

/// Something that came out otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    /// What.
    pub(crate) what: String,
    pub(crate) recorded: String,
    pub(crate) again: String,
}

/// All by which a trial differs from its record; none if it is the same to the bit. How long an epoch took does not
/// count, and what is not recorded is not compared.
pub(crate) fn compare(recorded: &Recorded, again: &Rerun) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differ = |what: &str, recorded: String, again: String| {
        if recorded != again {
            differences.push(Difference {
                what: what.to_owned(),
                recorded,
                again,
            });
        }
    };
    differ("state", recorded.state.to_string(), again.state.to_string());
    let count = |epochs: &[EpochMetrics]| epochs.len().to_string();
    differ("epochs", count(&recorded.epochs), count(&again.epochs));
    for (one, other) in recorded.epochs.iter().zip(&again.epochs) {
        let epoch = one.epoch;
        for (name, one, other) in [
            ("train loss", one.train.loss, other.train.loss),
            ("train accuracy", one.train.accuracy, other.train.accuracy),
            (
                "validation loss",
                one.validation.loss,
                other.validation.loss,
            ),
            (
                "validation accuracy",
                one.validation.accuracy,
                other.validation.accuracy,
            ),
        ] {
            // The shortest texts that read back to the same bits.
            let what = format!("{name} of epoch {epoch}");
            differ(&what, one.to_string(), other.to_string());
        }
    }
    for (what, recorded, again) in [
        ("weights", &recorded.weights, &again.weights),
        ("predictions", &recorded.predictions, &again.predictions),
    ] {
        if let (Some(recorded), Some(again)) = (recorded, again) {
            differ(what, recorded.clone(), again.clone());
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use fitroom_domain::{
        DatasetKey, Flip, Hyperparameters, LossAndAccuracy, Task, TaskDefinition, TrainSettings,
        Trial, TrialState,
    };

    use super::*;

    fn recorded() -> Recorded {
        let figures = LossAndAccuracy {
            loss: 0.1 + 0.2,
            accuracy: 0.5,
        };
        Recorded {
            trial: Trial {
                dataset: DatasetKey {
                    name: "small".to_owned(),
                    fingerprint: "0123456789abcdef0123456789abcdef".parse().unwrap(),
                },
                task: Task {
                    name: "shapes".to_owned(),
                    definition: TaskDefinition {
                        where_: [].into(),
                        predicts: vec!["shape".to_owned()],
                        flip: Flip::None,
                    },
                },
                hyperparameters: Hyperparameters::new(3, 3, 4, 0, 0.0, 0.0).unwrap(),
                train: TrainSettings::default(),
                seed: 0,
            },
            state: TrialState::Finished,
            numerics: "n".to_owned(),
            epochs: vec![EpochMetrics {
                epoch: 1,
                train: figures,
                validation: figures,
                seconds: 1.0,
            }],
            weights: Some("w".to_owned()),
            predictions: Some("p".to_owned()),
        }
    }

    fn same(recorded: &Recorded) -> Rerun {
        Rerun {
            state: recorded.state,
            numerics: recorded.numerics.clone(),
            epochs: recorded.epochs.clone(),
            weights: recorded.weights.clone(),
            predictions: recorded.predictions.clone(),
        }
    }

    #[test]
    fn the_last_bit_of_a_figure_counts_and_the_time_that_it_took_does_not() {
        let recorded = recorded();
        let mut again = same(&recorded);
        again.epochs[0].seconds = 2.0;
        assert_eq!(compare(&recorded, &again), []);
        again.epochs[0].validation.loss = 0.3;
        let differences = compare(&recorded, &again);
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].what, "validation loss of epoch 1");
        assert_eq!(differences[0].recorded, "0.30000000000000004");
        assert_eq!(differences[0].again, "0.3");
    }

    #[test]
    fn weights_count_where_their_hash_is_known() {
        let mut recorded = recorded();
        let again = Rerun {
            weights: Some("other".to_owned()),
            ..same(&recorded)
        };
        assert_eq!(compare(&recorded, &again)[0].what, "weights");
        recorded.weights = None;
        assert_eq!(compare(&recorded, &again), []);
    }
}
