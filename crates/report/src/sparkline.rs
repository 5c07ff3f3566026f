//! A curve as small as a word.

use fitroom_domain::EpochMetrics;
use maud::{Markup, html};

use crate::numbers;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 22.0;
const MARGIN: f64 = 3.0;

/// The validation loss by epoch, on a scale of its own, with a dot at the epoch that was kept.
pub(crate) fn validation_loss(curve: &[EpochMetrics], best_epoch: Option<u32>) -> Markup {
    let losses: Vec<(u32, f64)> = curve
        .iter()
        .map(|epoch| (epoch.epoch, epoch.validation.loss))
        .filter(|(_, loss)| loss.is_finite())
        .collect();
    let (Some((_, first)), Some((_, last))) = (losses.first(), losses.last()) else {
        return html! {};
    };
    let lowest = losses.iter().map(|(_, loss)| *loss).fold(*first, f64::min);
    let highest = losses.iter().map(|(_, loss)| *loss).fold(*first, f64::max);
    let steps = losses.len().saturating_sub(1).max(1) as f64;
    let place = |index: usize, loss: f64| {
        let share = match highest - lowest {
            0.0 => 0.5,
            range => (highest - loss) / range,
        };
        let x = MARGIN + (WIDTH - 2.0 * MARGIN) * index as f64 / steps;
        let y = MARGIN + (HEIGHT - 2.0 * MARGIN) * share;
        (format!("{x:.1}"), format!("{y:.1}"))
    };
    let points: Vec<String> = losses
        .iter()
        .enumerate()
        .map(|(index, (_, loss))| {
            let (x, y) = place(index, *loss);
            format!("{x},{y}")
        })
        .collect();
    let best = losses
        .iter()
        .enumerate()
        .find(|(_, (epoch, _))| Some(*epoch) == best_epoch)
        .map(|(index, (_, loss))| place(index, *loss));
    let label = format!(
        "validation loss from {} to {}, lowest {}",
        numbers::loss(*first),
        numbers::loss(*last),
        numbers::loss(lowest)
    );
    html! {
        svg.spark viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label) {
            polyline points=(points.join(" ")) {}
            @if let Some((x, y)) = best {
                circle cx=(x) cy=(y) r="2.6" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fitroom_domain::LossAndAccuracy;

    use super::*;

    fn curve(losses: &[f64]) -> Vec<EpochMetrics> {
        let epoch = |(index, loss): (usize, &f64)| {
            let figures = LossAndAccuracy {
                loss: *loss,
                accuracy: 0.5,
            };
            EpochMetrics {
                epoch: index as u32 + 1,
                train: figures,
                validation: figures,
                seconds: 1.0,
            }
        };
        losses.iter().enumerate().map(epoch).collect()
    }

    #[test]
    fn lower_losses_are_drawn_lower() {
        let svg = validation_loss(&curve(&[2.0, 1.0, 1.5]), Some(2)).into_string();
        assert!(
            svg.contains(r#"points="3.0,3.0 48.0,19.0 93.0,11.0""#),
            "{svg}"
        );
        assert!(svg.contains(r#"cx="48.0" cy="19.0""#), "{svg}");
    }

    #[test]
    fn a_curve_without_change_or_without_numbers_is_no_error() {
        assert!(
            !validation_loss(&curve(&[1.0, 1.0]), Some(1))
                .0
                .contains("NaN")
        );
        assert!(
            !validation_loss(&curve(&[f64::NAN, 1.0]), Some(2))
                .0
                .contains("NaN")
        );
        assert_eq!(validation_loss(&curve(&[f64::INFINITY]), None).0, "");
        assert_eq!(validation_loss(&[], None).0, "");
    }
}
