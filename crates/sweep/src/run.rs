//! The workers: each claims a piece of work, does it, and claims the next.

use std::any::Any;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

/// How long a worker waits before it asks again.
const PAUSE: Duration = Duration::from_millis(200);

/// What a worker does next.
#[derive(Debug)]
pub enum Work<T> {
    /// This.
    Do(T),
    /// Asks again in a moment: others are doing what is left.
    Wait,
    /// Goes home.
    Done,
}

/// Workers that could not be started.
#[derive(Debug, thiserror::Error)]
#[error("failed to start {workers} workers")]
pub struct RunError {
    workers: usize,
    source: rayon::ThreadPoolBuildError,
}

/// Runs `workers` workers on threads of their own until `next` tells each that it is done. A panic in
/// `work` ends that piece of work, not the worker: `panicked` gets the piece and the panic's message.
///
/// The threads belong to a pool that nothing else uses: no parallel iterator inside `work` can pick up
/// another piece of work, and `work` may use the global pool.
pub fn run<T>(
    workers: NonZeroUsize,
    next: impl Fn() -> Work<T> + Sync,
    work: impl Fn(&T) + Sync,
    panicked: impl Fn(&T, &str) + Sync,
) -> Result<(), RunError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers.get())
        .thread_name(|index| format!("worker-{index}"))
        .build()
        .map_err(|source| RunError {
            workers: workers.get(),
            source,
        })?;
    pool.broadcast(|_| {
        loop {
            match next() {
                Work::Do(piece) => {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(&piece))) {
                        panicked(&piece, &message(panic.as_ref()));
                    }
                }
                Work::Wait => thread::sleep(PAUSE),
                Work::Done => break,
            }
        }
    });
    Ok(())
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn workers(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn every_piece_of_work_is_done_once() {
        let (claimed, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let next = || match claimed.fetch_add(1, Ordering::SeqCst) {
            piece @ 0..100 => Work::Do(piece),
            _ => Work::Done,
        };
        run(
            workers(4),
            next,
            |piece| done.lock().unwrap().push(*piece),
            |_, _| (),
        )
        .unwrap();
        let mut done = done.into_inner().unwrap();
        done.sort_unstable();
        assert_eq!(done, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_ends_one_piece_of_work_and_the_rest_goes_on() {
        let (claimed, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let failures = Mutex::new(Vec::new());
        let next = || match claimed.fetch_add(1, Ordering::SeqCst) {
            piece @ 0..10 => Work::Do(piece),
            _ => Work::Done,
        };
        let work = |piece: &usize| {
            assert_ne!(*piece, 3, "three is not wanted");
            done.fetch_add(1, Ordering::SeqCst);
        };
        let panicked =
            |piece: &usize, text: &str| failures.lock().unwrap().push((*piece, text.to_owned()));
        run(workers(2), next, work, panicked).unwrap();
        assert_eq!(done.into_inner(), 9);
        let failures = failures.into_inner().unwrap();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].0, 3);
        assert!(failures[0].1.contains("three is not wanted"));
    }

    #[test]
    fn a_worker_that_must_wait_asks_again() {
        let asked = AtomicUsize::new(0);
        let next = || match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Work::Wait,
            1 => Work::Do(()),
            _ => Work::Done,
        };
        let done = AtomicUsize::new(0);
        run(
            workers(1),
            next,
            |_| {
                done.fetch_add(1, Ordering::SeqCst);
            },
            |_, _| (),
        )
        .unwrap();
        assert_eq!((asked.into_inner(), done.into_inner()), (3, 1));
    }
}
