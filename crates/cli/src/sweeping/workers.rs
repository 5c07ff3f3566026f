//! How many trials to train at the same time: by cores and by memory.

use std::fs;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use rustix::process::{Resource, getrlimit};

use super::control_groups::memory_left;
use crate::output;

/// The share of the available memory that trials may take: others need some too.
const SHARE: f64 = 0.9;

/// How many trials that train on `threads` threads each, and take these bytes at their peaks, are trained at a
/// time: as many as were asked for, or as there are cores for and as fit into memory. Says so where memory
/// is short.
pub(crate) fn workers(asked: Option<NonZeroUsize>, threads: u32, peaks: Vec<u64>) -> NonZeroUsize {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let for_cores = NonZeroUsize::new(cores / threads.max(1) as usize);
    let wanted = asked.or(for_cores).unwrap_or(NonZeroUsize::MIN);
    let Some(available) = available() else {
        return wanted;
    };
    let (fitting, taken) = workers_that_fit(wanted, peaks, available);
    let largest = match fitting.get() {
        1 => "the largest takes".to_owned(),
        several => format!("the largest {several} take"),
    };
    let (needed, free) = (gibibytes(taken), gibibytes(available));
    let largest = format!("{largest} {needed} of memory, {free} are available");
    if fitting < wanted && asked.is_some() {
        output::message(&format!(
            "memory may run out: {wanted} trials at a time were asked for, {largest}"
        ));
        return wanted;
    }
    if fitting < wanted {
        output::message(&format!(
            "{fitting} instead of {wanted} at a time: {largest}"
        ));
    }
    if taken > available {
        output::message(&format!("memory may run out: {largest}"));
    }
    fitting
}

/// How many of at most `wanted` trials fit into `available` bytes whichever of them run together, at least
/// one, and what so many of the largest take. `peaks` are the bytes that each takes.
fn workers_that_fit(
    wanted: NonZeroUsize,
    mut peaks: Vec<u64>,
    available: u64,
) -> (NonZeroUsize, u64) {
    let room = (available as f64 * SHARE) as u64;
    peaks.sort_unstable_by(|one, other| other.cmp(one));
    let mut taken = peaks.first().copied().unwrap_or(0);
    let mut workers = NonZeroUsize::MIN;
    for peak in peaks.iter().skip(1).take(wanted.get() - 1) {
        if taken + peak > room {
            return (workers, taken);
        }
        taken += peak;
        workers = workers.saturating_add(1);
    }
    // Workers beyond the trials take nothing.
    (wanted, taken)
}

/// Bytes that this process can still take: what the machine has available, less where a container or a limit
/// on the process leaves less. `None` where nothing says so.
fn available() -> Option<u64> {
    let own = |name| kibibytes(&fs::read_to_string("/proc/self/status").ok()?, name);
    let machine = || kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:");
    let limit = || {
        Some(
            getrlimit(Resource::As)
                .current?
                .saturating_sub(own("VmSize:")?),
        )
    };
    [
        machine(),
        memory_left(|file| fs::read_to_string(file).ok()),
        limit(),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// What a line of one of the kernel's tables says, in bytes.
fn kibibytes(table: &str, name: &str) -> Option<u64> {
    let line = table.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace()
        .next()?
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// Bytes as a person reads them.
fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(wanted: usize, peaks: &[u64], available: u64) -> (usize, u64) {
        let wanted = NonZeroUsize::new(wanted).unwrap();
        let (workers, taken) = workers_that_fit(wanted, peaks.to_vec(), available);
        (workers.get(), taken)
    }

    #[test]
    fn as_many_workers_as_the_largest_trials_leave_room_for() {
        assert_eq!(fit(4, &[10, 10, 10, 10, 10], 1000), (4, 40));
        assert_eq!(fit(4, &[10, 10, 10, 10, 10], 35), (3, 30));
        // The small ones would fit, but the two large ones may run together.
        assert_eq!(fit(4, &[5, 60, 5, 50, 5], 115), (1, 60));
        assert_eq!(fit(4, &[5, 60, 5, 50, 5], 125), (2, 110));
    }

    #[test]
    fn one_trial_is_tried_even_if_it_does_not_fit() {
        assert_eq!(fit(2, &[50, 40], 10), (1, 50));
        assert_eq!(fit(2, &[], 10), (2, 0));
    }

    #[test]
    fn more_workers_than_trials_take_nothing() {
        assert_eq!(fit(8, &[50, 40], 1000), (8, 90));
    }

    #[test]
    fn the_machine_says_what_is_available() {
        assert!(available().is_some_and(|bytes| bytes > 1 << 20));
    }
}
