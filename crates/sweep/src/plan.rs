//! The trials that a sweep wants on one dataset.

use fitroom_domain::{DatasetKey, ImageSize, NetworkShape, Task, Trial};

use crate::sweep_file::SweepFile;

/// Everything that a sweep wants trained, finished or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Each trial once: the configurations in the order of the grid, and of each all seeds.
    pub trials: Vec<Trial>,
}

/// How many reasons a message lists.
const MOST_REASONS: usize = 5;

/// A sweep that cannot be trained on a dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Photographs are too small for some configurations.
    #[error("{count} of {all} configurations of sweep `{sweep}` do not fit:{}", list(.reasons))]
    DoNotFit {
        /// The sweep.
        sweep: String,
        /// Configurations that do not fit.
        count: usize,
        /// All configurations.
        all: usize,
        /// Why, each reason once.
        reasons: Vec<String>,
    },
}

fn list(reasons: &[String]) -> String {
    let mut list: String = reasons
        .iter()
        .take(MOST_REASONS)
        .map(|reason| format!("\n  {reason}"))
        .collect();
    if reasons.len() > MOST_REASONS {
        list += &format!(
            "\n  and {} more pairs of kernel sizes",
            reasons.len() - MOST_REASONS
        );
    }
    list
}

/// The plan of `sweep` for `task`, the one that it names, on a dataset whose photographs have the size
/// `image` and fall into `classes` classes. All configurations that do not fit are reported together.
pub fn plan(
    sweep: &SweepFile,
    dataset: &DatasetKey,
    task: &Task,
    image: ImageSize,
    classes: usize,
) -> Result<Plan, PlanError> {
    let configurations = sweep.grid.configurations();
    let mut reasons: Vec<String> = configurations
        .iter()
        .filter_map(|configuration| NetworkShape::new(image, configuration, classes).err())
        .map(|error| error.to_string())
        .collect();
    if !reasons.is_empty() {
        let count = reasons.len();
        // A reason names the kernel sizes, and configurations with equal ones are neighbours.
        reasons.dedup();
        return Err(PlanError::DoNotFit {
            sweep: sweep.name.clone(),
            count,
            all: configurations.len(),
            reasons,
        });
    }
    let trials = configurations
        .iter()
        .flat_map(|&hyperparameters| {
            sweep.seeds.iter().map(move |&seed| Trial {
                dataset: dataset.clone(),
                task: task.clone(),
                hyperparameters,
                train: sweep.train.clone(),
                seed,
            })
        })
        .collect();
    Ok(Plan { trials })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use fitroom_domain::{Flip, TaskDefinition};
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    fn plan_on(width: u32, grid: &str) -> Result<Plan, PlanError> {
        let text = format!("task = \"a\"\n[hyperparameters]\n{grid}");
        let sweep = SweepFile::parse(&text, Path::new("x.toml"), &[]).unwrap();
        let dataset = DatasetKey {
            name: "catalogue".to_owned(),
            fingerprint: "00112233445566778899aabbccddeeff".parse().unwrap(),
        };
        let task = Task {
            name: "a".to_owned(),
            definition: TaskDefinition {
                where_: BTreeMap::new(),
                predicts: vec!["category".to_owned()],
                flip: Flip::None,
            },
        };
        let image = ImageSize { height: 80, width };
        plan(&sweep, &dataset, &task, image, 3)
    }

    #[test]
    fn the_seeds_of_a_configuration_stand_together() {
        let grid = "kernel_size = [3, 5]\nkernel_num = 8\n[train]\nseeds = [1, 0]\nepochs = 4";
        let trials = plan_on(60, grid).unwrap().trials;
        let order: Vec<_> = trials
            .iter()
            .map(|trial| (trial.hyperparameters.kernel_size_1, trial.seed))
            .collect();
        assert_eq!(order, [(3, 1), (3, 0), (5, 1), (5, 0)]);
        assert!(trials.iter().all(|trial| trial.train.epochs == 4));
    }

    #[test]
    fn configurations_that_do_not_fit_are_refused_together() {
        let error = plan_on(
            20,
            "kernel_size_1 = [3, 17]\nkernel_size_2 = [5, 9]\nkernel_num = [8, 16]",
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "6 of 8 configurations of sweep `x` do not fit:\n  \
             20×80 photographs are too small for kernels of 3 and 9: \
             9×9 on 9×39 leaves 0×15 after the second pooling\n  \
             20×80 photographs are too small for kernels of 17 and 5: \
             5×5 on 2×32 leaves 0×14 after the second pooling\n  \
             20×80 photographs are too small for kernels of 17 and 9: \
             9×9 on 2×32 leaves 0×12 after the second pooling"
        );
    }

    #[test]
    fn a_long_list_of_reasons_is_cut() {
        let error = plan_on(
            20,
            "kernel_size = [30, 31, 32, 33, 34, 35, 36, 3]\nkernel_num = 8",
        );
        let message = error.unwrap_err().to_string();
        assert!(message.starts_with("7 of 8 configurations"), "{message}");
        assert!(
            message.ends_with("\n  and 2 more pairs of kernel sizes"),
            "{message}"
        );
        assert_eq!(message.lines().count(), 7);
    }

    proptest! {
        #[test]
        fn a_plan_is_the_product_has_no_trial_twice_and_is_the_same_however_it_is_written(
            sizes in btree_set(1_u32..6, 1..4),
            kernels in btree_set(1_u32..200, 1..4),
            penalties in btree_set(0_u32..50, 1..4),
            seeds in btree_set(0_u64..1000, 1..4),
        ) {
            let text = format!(
                "kernel_size = {sizes:?}\nkernel_num = {kernels:?}\nlambda = {penalties:?}\n\
                 [train]\nseeds = {seeds:?}"
            )
            .replace('{', "[")
            .replace('}', "]");
            let planned = plan_on(60, &text).unwrap();
            let ids: BTreeSet<_> = planned.trials.iter().map(Trial::id).collect();
            prop_assert_eq!(
                planned.trials.len(),
                sizes.len() * kernels.len() * penalties.len() * seeds.len()
            );
            prop_assert_eq!(ids.len(), planned.trials.len());
            prop_assert_eq!(plan_on(60, &text).unwrap(), planned);

            // Neither the order of keys and values matters, nor a default that is written down, nor what says how
            // the grid is run.
            let reversed = |values: &BTreeSet<u32>| format!("{:?}", values.iter().rev().collect::<Vec<_>>());
            let seeds: Vec<u64> = seeds.into_iter().rev().collect();
            let other = format!(
                "lambda = {}\ndropout_rate = 0\nkernel_num = {}\nkernel_size = {}\n[prune]\n\
                 method = \"halving\"\n[search]\nattempts = 1\n[train]\nkeep = \"all\"\nseeds = {seeds:?}\n\
                 epochs = 15 # as ever",
                reversed(&penalties), reversed(&kernels), reversed(&sizes),
            );
            let other = plan_on(60, &other).unwrap();
            prop_assert_eq!(other.trials.iter().map(Trial::id).collect::<BTreeSet<_>>(), ids);
        }
    }
}
