//! From logits to a class.

/// The position of the highest logit, the first of equals; 0 if none is above any other, as when all are
/// undefined. Every accuracy, matrix and label decides by this.
pub fn highest_logit(logits: impl IntoIterator<Item = f32>) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (class, logit) in logits.into_iter().enumerate() {
        if logit > best.1 {
            best = (class, logit);
        }
    }
    best.0
}

/// The probability that these logits give to a class; `None` if a logit is not finite or there is no such class.
pub fn softmax_of(class: usize, logits: &[f32]) -> Option<f64> {
    let own = f64::from(*logits.get(class)?);
    let relative = logits.iter().map(|logit| f64::from(*logit) - own);
    let probability = 1.0 / relative.map(f64::exp).sum::<f64>();
    logits
        .iter()
        .all(|logit| logit.is_finite())
        .then_some(probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_logits_decides() {
        assert_eq!(highest_logit([0.0, 2.0, 2.0]), 1);
        assert_eq!(highest_logit([-5.0, -7.0]), 0);
        assert_eq!(highest_logit([f32::NAN, 1.0]), 1);
        assert_eq!(highest_logit([f32::NAN, f32::NAN]), 0);
    }
}
