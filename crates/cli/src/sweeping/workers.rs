//! How many trials to train at the same time: by cores and by memory.

use std::fs;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use rustix::process::{Resource, getrlimit};

use super::control_groups::memory_left;
use crate::output;
use crate::provenance::kibibytes;

/// The share of the available memory that trials may take: others need some too.
const SHARE: f64 = 0.9;

/// How many trials that train on `threads` threads each, and take these bytes at their peaks, are trained at a
/// time: as many as were asked for, or as there are cores for and as fit into memory. Says so where memory
/// is short.
pub(crate) fn workers(
    asked: Option<NonZeroUsize>,
    threads: u32,
    mut peaks: Vec<u64>,
) -> NonZeroUsize {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let for_cores = NonZeroUsize::new(cores / threads.max(1) as usize);
    let wanted = asked.or(for_cores).unwrap_or(NonZeroUsize::MIN);
    let Some(available) = available() else {
        return wanted;
    };
    peaks.sort_unstable_by(|one, other| other.cmp(one));
    let room = (available as f64 * SHARE) as u64;
    let fitting = workers_that_fit(wanted, &peaks, room);
    let together = wanted.get().min(peaks.len());
    let taken = taken(wanted, &peaks);
    if taken <= room {
        return wanted;
    }
    let largest = match together {
        1 => "the largest takes".to_owned(),
        several => format!("the largest {several} take"),
    };
    let (taken, room) = (gibibytes(taken), gibibytes(room));
    let why = format!("{largest} {taken} of memory, and {room} may be taken");
    if asked.is_some() || together == 1 {
        output::message(&format!("memory may run out: {why}"));
        return wanted;
    }
    output::message(&format!("{fitting} instead of {wanted} at a time: {why}"));
    fitting
}

/// How many of at most `wanted` trials fit into `room` bytes whichever of them run together, at least one.
/// `peaks` are the bytes that each takes, the largest first.
fn workers_that_fit(wanted: NonZeroUsize, peaks: &[u64], room: u64) -> NonZeroUsize {
    let mut workers = NonZeroUsize::MIN;
    // More workers than trials take nothing.
    while workers < wanted && taken(workers.saturating_add(1), peaks) <= room {
        workers = workers.saturating_add(1);
    }
    workers
}

/// What so many of the largest trials take.
fn taken(workers: NonZeroUsize, peaks: &[u64]) -> u64 {
    peaks.iter().take(workers.get()).sum()
}

/// What a process takes once trials are in training, beside them: threads, tables, LibTorch's own. On three grids of
/// a real catalogue it was between 40 and 145 MB.
const IN_USE: u64 = 100_000_000;

/// Bytes that this process takes now and will take besides when it trains, and those that so many of the largest
/// trials take at their peaks.
pub(crate) fn memory_taken(workers: NonZeroUsize, mut peaks: Vec<u64>) -> u64 {
    peaks.sort_unstable_by(|one, other| other.cmp(one));
    let own = fs::read_to_string("/proc/self/status").ok();
    let own = own
        .and_then(|status| kibibytes(&status, "VmRSS:"))
        .unwrap_or(0);
    own + IN_USE + taken(workers, &peaks)
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

/// Bytes as a person reads them.
pub(crate) fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(wanted: usize, peaks: &[u64], room: u64) -> usize {
        workers_that_fit(NonZeroUsize::new(wanted).unwrap(), peaks, room).get()
    }

    #[test]
    fn as_many_workers_as_the_largest_trials_leave_room_for() {
        assert_eq!(fit(4, &[10, 10, 10, 10, 10], 1000), 4);
        assert_eq!(fit(4, &[10, 10, 10, 10, 10], 35), 3);
        // The small ones would fit, but the two large ones may run together.
        assert_eq!(fit(4, &[60, 50, 5, 5, 5], 109), 1);
        assert_eq!(fit(4, &[60, 50, 5, 5, 5], 114), 2);
    }

    #[test]
    fn one_trial_is_tried_even_if_it_does_not_fit() {
        assert_eq!(fit(2, &[50, 40], 10), 1);
    }

    #[test]
    fn more_workers_than_trials_take_nothing() {
        assert_eq!(fit(8, &[50, 40], 90), 8);
        assert_eq!(fit(2, &[], 10), 2);
    }

    #[test]
    fn the_machine_says_what_is_available() {
        assert!(available().is_some_and(|bytes| bytes > 1 << 20));
    }
}
