//! What an attempt takes: processor time and memory.

use std::fs;
use std::time::{Duration, Instant};

use fitroom_domain::Usage;
use rustix::time::{ClockId, clock_gettime};

/// Memory is looked at this often at most: what a trial takes, it keeps from its first step on.
const PAUSE: Duration = Duration::from_millis(50);

/// Measures an attempt, from when it is made, on the thread that trains.
pub(super) struct UsageMeter {
    /// Where one thread computes: the seconds that it had computed before.
    cpu_before: Option<f64>,
    looked_at: Instant,
    peak: Option<u64>,
}

impl UsageMeter {
    /// Begins to measure a trial that trains on so many threads of LibTorch's. With several their time is unknown: they
    /// serve other trials too.
    pub(super) fn new(threads: u32) -> UsageMeter {
        UsageMeter {
            cpu_before: (threads == 1).then(thread_seconds),
            looked_at: Instant::now(),
            peak: resident_memory(),
        }
    }

    /// Looks at the memory.
    pub(super) fn look(&mut self) {
        if self.looked_at.elapsed() >= PAUSE {
            self.looked_at = Instant::now();
            self.peak = self.peak.max(resident_memory());
        }
    }

    /// What the attempt took so far.
    pub(super) fn usage(&self) -> Usage {
        Usage {
            cpu_seconds: self.cpu_before.map(|before| thread_seconds() - before),
            peak_memory_bytes: self.peak.max(resident_memory()),
        }
    }
}

fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Bytes of memory that this process holds.
fn resident_memory() -> Option<u64> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    let resident: u64 = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(resident * rustix::param::page_size() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_charged_for_what_it_computes_and_not_for_what_it_waits() {
        let mut meter = UsageMeter::new(1);
        std::thread::sleep(Duration::from_millis(100));
        let idle = meter.usage().cpu_seconds.unwrap();
        assert!(idle < 0.05, "{idle}");
        let mut sum = 0.0_f64;
        while meter.usage().cpu_seconds.unwrap() < idle + 0.05 {
            sum += (0..1000).map(f64::from).map(f64::sqrt).sum::<f64>();
        }
        assert!(sum > 0.0);
        let memory = std::hint::black_box(vec![1_u8; 50_000_000]);
        meter.look();
        drop(std::hint::black_box(memory));
        let peak = meter.usage().peak_memory_bytes.unwrap();
        assert!(peak > 50_000_000, "{peak}");
        assert_eq!(UsageMeter::new(2).usage().cpu_seconds, None);
    }
}
