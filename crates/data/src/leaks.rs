//! Which photographs look like one that a model has seen before.

use std::collections::{HashMap, HashSet};

use fitroom_domain::Leaks;

use crate::duplicates::Duplicates;
use crate::task_rows::{Row, TaskRows};

/// How many validation photographs of a task are in a group of duplicates with one that the task trains on,
/// and how many test photographs with one that it trains on or validates by. Mirrored copies do not count,
/// neither as leaks nor as what leaks.
pub fn leaks(duplicates: &Duplicates, rows: &TaskRows) -> Leaks {
    let mut group_of: HashMap<u32, usize> = HashMap::new();
    for (number, group) in duplicates.groups().iter().enumerate() {
        let photographs = group
            .iter()
            .filter_map(|position| (*position).try_into().ok());
        group_of.extend(photographs.map(|photograph: u32| (photograph, number)));
    }
    let groups_of = |rows: &[Row]| -> HashSet<usize> {
        let groups = rows.iter().filter_map(|row| group_of.get(&row.photograph));
        groups.copied().collect()
    };
    let leaking = |rows: &[Row], seen: &HashSet<usize>| {
        let leaking = rows.iter().filter(|row| {
            let group = group_of.get(&row.photograph);
            !row.mirrored && group.is_some_and(|group| seen.contains(group))
        });
        leaking.count() as u64
    };
    let trained = groups_of(&rows.train);
    let validation = leaking(&rows.validation, &trained);
    let seen = &trained | &groups_of(&rows.validation);
    Leaks {
        validation,
        test: leaking(&rows.test, &seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(photographs: &[u32], mirrored: bool) -> Vec<Row> {
        let row = |photograph: &u32| Row {
            photograph: *photograph,
            class: 0,
            mirrored,
        };
        photographs.iter().map(row).collect()
    }

    #[test]
    fn only_photographs_of_the_task_that_look_like_one_it_has_seen_leak() {
        // Groups: {0, 3, 6}, {1, 4}, {5, 7}; photograph 1 does not belong to the task, and 5 is validated.
        let duplicates = Duplicates::of(&[0, 1, 2, 0, 1, 5, 0, 5]);
        let task = TaskRows {
            classes: Vec::new(),
            train: rows(&[0, 2], false),
            validation: [rows(&[3, 4, 5], false), rows(&[3, 4, 5], true)].concat(),
            test: rows(&[6, 7], false),
            left_out: 0,
        };
        let expected = Leaks {
            validation: 1,
            test: 2,
        };
        assert_eq!(leaks(&duplicates, &task), expected);
    }
}
