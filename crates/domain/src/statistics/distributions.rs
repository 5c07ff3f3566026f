//! Student's and the normal distribution, by their upper tails: these keep their digits where `1 − cdf` has none.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::{erfc, erfc_inv};

/// With more, a normal approximation has more digits than the beta function.
const MANY_DEGREES_OF_FREEDOM: f64 = 1e4;

/// The chance above each end of a two-sided interval; `confidence` in (0, 1).
pub(super) fn two_sided_tail(confidence: f64) -> f64 {
    one_sided_tail(confidence) / 2.0
}

/// The chance beyond a one-sided bound; `confidence` in (0, 1). 0 and less give 1; 1 and more give 1e-300.
pub(super) fn one_sided_tail(confidence: f64) -> f64 {
    (1.0 - confidence).clamp(1e-300, 1.0)
}

/// The number above which a standard normal variable lies with chance `tail`.
pub(super) fn normal_upper_quantile(tail: f64) -> f64 {
    erfc_inv(2.0 * tail) * std::f64::consts::SQRT_2
}

/// The chance that Student's t lies above `t`, which is at least 0; by the incomplete beta function (DLMF 8.17), and
/// for many degrees of freedom, for which `statrs` loses digits, by Hill's normal approximation
/// (Algorithm 395, Communications of the ACM 13, 1970).
pub(super) fn t_upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    if degrees_of_freedom <= MANY_DEGREES_OF_FREEDOM {
        let x = degrees_of_freedom / (degrees_of_freedom + t * t);
        return checked_beta_reg(degrees_of_freedom / 2.0, 0.5, x)
            .map_or(f64::NAN, |both| both / 2.0);
    }
    let a = degrees_of_freedom - 0.5;
    let b = 48.0 * a * a;
    let squared = a * (t / degrees_of_freedom * t).ln_1p();
    let second = ((4.0 * squared + 33.0) * squared + 240.0) * squared + 855.0;
    let second = second / (10.0 * b * (b + 0.8 * squared * squared + 100.0));
    let z = squared.sqrt() * (1.0 + (squared + 3.0) / b - second);
    erfc(z / std::f64::consts::SQRT_2) / 2.0
}

/// The number above which Student's t lies with chance `tail`, in (0, 0.5].
pub(super) fn t_upper_quantile(tail: f64, degrees_of_freedom: f64) -> f64 {
    let too_low = |t: f64| t_upper_tail(t, degrees_of_freedom) > tail;
    let mut high = 1.0;
    while too_low(high) && high < f64::MAX / 2.0 {
        high *= 2.0;
    }
    bisect(0.0, high, too_low)
}

/// Where `below` turns from true, at `low`, to false, at `high`: to the last bit.
pub(super) fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        // Also if an end is undefined.
        if !(middle > low && middle < high) {
            return middle;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}
