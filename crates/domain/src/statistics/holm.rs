//! Several tests at once.

/// The p-values adjusted by Holm's step-down method (1979): those at most α are significant together, and the
/// chance that any of them is an error is at most α. In the order in which they came.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    let (mut adjusted, mut largest) = (vec![1.0; p_values.len()], 0.0f64);
    for (position, index) in order.into_iter().enumerate() {
        let left = (p_values.len() - position) as f64;
        largest = largest.max((left * p_values[index]).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_grow_with_the_number_of_tests_and_keep_their_order() {
        assert_eq!(holm(&[]), [0.0; 0]);
        assert_eq!(holm(&[0.03]), [0.03]);
        // 4 · 0.01, 3 · 0.02, then 2 · 0.02 and 0.5, which may not be smaller than what came before.
        let adjusted = holm(&[0.5, 0.02, 0.01, 0.02]);
        for (found, expected) in adjusted.into_iter().zip([0.5, 0.06, 0.04, 0.06]) {
            assert!(
                (found - expected).abs() < 1e-12,
                "{found}, expected {expected}"
            );
        }
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]);
    }
}
