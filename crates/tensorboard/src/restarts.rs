//! Where training started again: how much that voids of what was read before.
//!
//! To look through all tags at each start would take hours for a file that was made to have many of both. So a
//! start is only noted here, and each tag forgets when it is next looked at.

/// The starts of a run, in the order in which they were read.
#[derive(Debug, Default)]
pub(crate) struct Restarts {
    /// How many there were.
    count: usize,
    /// Those that are at a lower step than all after them, each with its number; both ascend.
    lowest: Vec<(usize, i64)>,
}

impl Restarts {
    /// Notes that training started again at `step`.
    pub(crate) fn add(&mut self, step: i64) {
        while self.lowest.pop_if(|(_, other)| *other >= step).is_some() {}
        self.lowest.push((self.count, step));
        self.count += 1;
    }

    /// How many there were so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The step from which on all is void that was read when there had been `seen` starts. `None` where there was
    /// no other since.
    pub(crate) fn void_from(&self, seen: usize) -> Option<i64> {
        let first = self.lowest.partition_point(|(number, _)| *number < seen);
        self.lowest.get(first).map(|(_, step)| *step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_step_of_all_starts_since_counts() {
        let steps = [5, 3, 7, 7, 4, 9, -1, 2, i64::MIN, 0];
        for length in 0..=steps.len() {
            let mut restarts = Restarts::default();
            let steps = &steps[..length];
            steps.iter().for_each(|step| restarts.add(*step));
            assert_eq!(restarts.count(), length);
            for seen in 0..=length {
                let lowest = steps[seen..].iter().min().copied();
                assert_eq!(restarts.void_from(seen), lowest, "{seen} of {length}");
            }
        }
    }
}
