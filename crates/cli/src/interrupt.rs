//! Ctrl-C: the first asks everything to stop, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::output;

/// A flag that is set when somebody asked the program to stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens to SIGINT, SIGTERM and SIGHUP from now on; `answer` is said to the first.
    pub(crate) fn listen(answer: &'static str) -> anyhow::Result<Interrupt> {
        let interrupt = Interrupt(Arc::new(AtomicBool::new(false)));
        let flag = interrupt.clone();
        ctrlc::set_handler(move || {
            if flag.0.swap(true, Ordering::SeqCst) {
                // Trials in work count as lost.
                std::process::exit(130);
            }
            output::message(answer);
        })
        .context("failed to listen to Ctrl-C")?;
        Ok(interrupt)
    }

    /// Whether to stop.
    pub(crate) fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits, but not once somebody has asked to stop; whether to stop.
    pub(crate) fn asked_within(&self, time: Duration) -> bool {
        let start = Instant::now();
        while !self.asked() && start.elapsed() < time {
            sleep(Duration::from_millis(50));
        }
        self.asked()
    }
}
