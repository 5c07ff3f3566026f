//! How long trials take together.

use std::num::NonZeroUsize;

/// Seconds until trials of these seconds have all ended, if each of the workers takes the next whenever it is
/// free.
pub(crate) fn makespan(seconds: &[f64], workers: NonZeroUsize) -> f64 {
    let mut free_at = vec![0.0f64; workers.get().min(seconds.len()).max(1)];
    for trial in seconds {
        let first = free_at.iter_mut().min_by(|one, other| one.total_cmp(other));
        if let Some(first) = first {
            *first += trial;
        }
    }
    free_at.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_worker_takes_the_next_trial_when_it_is_free() {
        let of = |seconds: &[f64], workers| makespan(seconds, NonZeroUsize::new(workers).unwrap());
        assert_eq!(of(&[], 2), 0.0);
        assert_eq!(of(&[3.0, 1.0, 1.0], 1), 5.0);
        assert_eq!(of(&[3.0, 1.0, 1.0], 2), 3.0);
        assert_eq!(of(&[1.0, 1.0, 3.0], 2), 4.0);
        assert_eq!(of(&[3.0, 1.0], 8), 3.0);
    }
}
