//! On which photographs two trained models differ.

use std::collections::BTreeMap;

use fitroom_data::Predictions;
use fitroom_domain::statistics::{
    Interval, discordant, mean, paired_difference_interval, photograph_scores,
};
use fitroom_domain::{highest_logit, softmax_of};
use serde::Serialize;

use super::facts::CONFIDENCE;

/// What a model says about a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    /// The class.
    pub(super) class: usize,
    /// The probability that it gives it; `None` if a logit is not finite.
    pub(super) probability: Option<f64>,
}

/// What both say about a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FlippedPicture {
    /// Whether it is the photograph's mirrored copy.
    pub(super) mirrored: bool,
    pub(super) a: Answer,
    pub(super) b: Answer,
}

/// A photograph that one model gets more right than the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FlippedPhotograph {
    /// Its position in the dataset.
    pub(super) photograph: u32,
    /// Its true class.
    pub(super) class: usize,
    /// Its pictures of which one model's answer is right and the other's is wrong.
    pub(super) pictures: Vec<FlippedPicture>,
}

impl FlippedPhotograph {
    /// The probability of the surest wrong answer.
    fn surest_mistake(&self) -> f64 {
        let answers = self.pictures.iter().flat_map(|it| [it.a, it.b]);
        let wrong = answers.filter(|answer| answer.class != self.class);
        wrong
            .filter_map(|answer| answer.probability)
            .fold(0.0, f64::max)
    }
}

/// How two models compare on the same photographs. A photograph and its mirrored copy are one try.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Paired {
    /// All photographs, without mirrored copies.
    pub(super) photographs: u64,
    /// Those that only A gets right or, of a photograph with a mirrored copy, gets more right.
    pub(super) only_a: u64,
    /// Those that B does.
    pub(super) only_b: u64,
    /// Those that both get right.
    pub(super) both: u64,
    /// Those that neither gets right.
    pub(super) neither: u64,
    /// Those of which both get the same half of their two pictures right, or each another half.
    pub(super) half: u64,
    /// B's accuracy less A's, by photograph.
    pub(super) difference: f64,
    /// Tango's interval of it, with 95 % confidence.
    pub(super) interval: Interval,
    /// Of McNemar's exact test, two-sided.
    pub(super) p_value: f64,
}

/// The comparison, and the photographs that make the difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flips {
    pub(super) paired: Paired,
    /// Those of `only_a`; where the wrong answer is surest comes first.
    pub(super) only_a: Vec<FlippedPhotograph>,
    /// Those of `only_b`, likewise.
    pub(super) only_b: Vec<FlippedPhotograph>,
}

/// Compares what two models say about the same rows.
pub(super) fn flips(a: &Predictions, b: &Predictions) -> Flips {
    let answers = (a.rows.iter()).zip(a.logits.rows().into_iter().zip(b.logits.rows()));
    let mut photographs: BTreeMap<u32, FlippedPhotograph> = BTreeMap::new();
    let (mut right_a, mut right_b) = (Vec::new(), Vec::new());
    for (row, (logits_a, logits_b)) in answers {
        let class = usize::from(row.class);
        let (a, b) = (answer(logits_a.to_vec()), answer(logits_b.to_vec()));
        right_a.push((row.photograph, a.class == class));
        right_b.push((row.photograph, b.class == class));
        let photograph = photographs
            .entry(row.photograph)
            .or_insert_with(|| FlippedPhotograph {
                photograph: row.photograph,
                class,
                pictures: Vec::new(),
            });
        if (a.class == class) != (b.class == class) {
            photograph.pictures.push(FlippedPicture {
                mirrored: row.mirrored,
                a,
                b,
            });
        }
    }
    let (scores_a, scores_b) = (photograph_scores(right_a), photograph_scores(right_b));
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    // Both are in rising order of photograph.
    for (photograph, (a, b)) in photographs
        .into_values()
        .zip(scores_a.iter().zip(&scores_b))
    {
        if a > b {
            only_a.push(photograph);
        } else if b > a {
            only_b.push(photograph);
        }
    }
    for flipped in [&mut only_a, &mut only_b] {
        flipped.sort_by(|one, other| other.surest_mistake().total_cmp(&one.surest_mistake()));
    }
    Flips {
        paired: paired(&scores_a, &scores_b),
        only_a,
        only_b,
    }
}

fn answer(logits: Vec<f32>) -> Answer {
    let class = highest_logit(logits.iter().copied());
    Answer {
        class,
        probability: softmax_of(class, &logits),
    }
}

fn paired(a: &[f64], b: &[f64]) -> Paired {
    let of_both = |score: f64| {
        let same = a.iter().zip(b).filter(|(a, b)| a == b && **a == score);
        same.count() as u64
    };
    let more = |one: &[f64], other: &[f64]| -> f64 {
        one.iter()
            .zip(other)
            .map(|(one, other)| (one - other).max(0.0))
            .sum()
    };
    let found = discordant(a, b);
    let (both, neither) = (of_both(1.0), of_both(0.0));
    Paired {
        photographs: found.photographs,
        only_a: found.first,
        only_b: found.second,
        both,
        neither,
        half: found.photographs - found.first - found.second - both - neither,
        difference: mean(b).unwrap_or_default() - mean(a).unwrap_or_default(),
        interval: paired_difference_interval(more(b, a), more(a, b), found.photographs, CONFIDENCE),
        p_value: found.p_value(),
    }
}

/// How many of each direction are shown if there is room for so many: half each, and what one leaves the other takes.
pub(super) fn shares(room: usize, a: usize, b: usize) -> (usize, usize) {
    let half = room.div_ceil(2);
    let of_b = b.min((room - half).max(room.saturating_sub(a)));
    (a.min(room - of_b), of_b)
}

#[cfg(test)]
mod tests {
    use fitroom_data::Row;
    use ndarray::Array2;

    use super::*;

    /// Of each row its photograph, whether it is mirrored, and which class a model of two takes it for; all are of
    /// class 0.
    fn predictions(rows: &[(u32, bool, f32)]) -> Predictions {
        let row = |(photograph, mirrored, _): &(u32, bool, f32)| Row {
            photograph: *photograph,
            class: 0,
            mirrored: *mirrored,
        };
        // The logit of class 1, beside 0 of class 0.
        let logits = rows
            .iter()
            .flat_map(|(_, _, logit)| [0.0, *logit])
            .collect();
        Predictions {
            rows: rows.iter().map(row).collect(),
            logits: Array2::from_shape_vec((rows.len(), 2), logits).unwrap(),
        }
    }

    #[test]
    fn photographs_are_counted_by_who_gets_them_right() {
        let places = [4, 7, 8, 9, 11, 12];
        let of = |logits: [f32; 6]| {
            let rows = places
                .into_iter()
                .zip(logits)
                .map(|(it, logit)| (it, false, logit));
            predictions(&rows.collect::<Vec<_>>())
        };
        let a = of([-1.0, -1.0, 2.0, 1.0, -3.0, -1.0]);
        let b = of([-2.0, 1.0, -1.0, 1.0, 3.0, 2.0]);
        let found = flips(&a, &b);
        let paired = found.paired;
        let counts = (
            paired.only_a,
            paired.only_b,
            paired.both,
            paired.neither,
            paired.half,
        );
        assert_eq!(counts, (3, 1, 1, 1, 0));
        assert_eq!(paired.photographs, 6);
        assert!((paired.difference + 2.0 / 6.0).abs() < 1e-15);
        assert!(
            paired.interval.low < paired.difference && paired.difference < paired.interval.high
        );
        // Twice the tail of three or four heads in four throws.
        assert_eq!(paired.p_value, 0.625);
        // The surest mistake comes first.
        let order: Vec<u32> = found.only_a.iter().map(|it| it.photograph).collect();
        assert_eq!(order, [11, 12, 7]);
        let first = &found.only_a[0].pictures[0];
        assert_eq!((first.a.class, first.b.class), (0, 1));
        // The logistic function of 3.
        assert!((first.b.probability.unwrap() - 0.952_574_126_822_433_3).abs() < 1e-12);
    }

    #[test]
    fn a_mirrored_copy_is_no_photograph_of_its_own() {
        let rows = |logits: [f32; 6]| {
            let pictures = [
                (1, false),
                (1, true),
                (2, false),
                (2, true),
                (3, false),
                (3, true),
            ];
            let pictures = pictures.into_iter().zip(logits);
            let rows: Vec<_> = pictures
                .map(|((it, mirrored), logit)| (it, mirrored, logit))
                .collect();
            predictions(&rows)
        };
        // A has half of the first, the other half of the second, and all of the third.
        let a = rows([-1.0, 1.0, -1.0, 1.0, -1.0, -1.0]);
        let b = rows([1.0, 1.0, 1.0, -1.0, -1.0, -1.0]);
        let found = flips(&a, &b);
        let paired = found.paired;
        let counts = (
            paired.only_a,
            paired.only_b,
            paired.both,
            paired.neither,
            paired.half,
        );
        assert_eq!(counts, (1, 0, 1, 0, 1));
        assert!((paired.difference + 0.5 / 3.0).abs() < 1e-15);
        assert_eq!(found.only_a.len(), 1);
        assert_eq!(found.only_a[0].pictures.len(), 1);
        assert!(!found.only_a[0].pictures[0].mirrored);
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let a = predictions(&[(1, false, 1.0), (2, false, -1.0)]);
        let found = flips(&a, &a);
        assert!(found.only_a.is_empty() && found.only_b.is_empty());
        assert_eq!((found.paired.difference, found.paired.p_value), (0.0, 1.0));
    }

    #[test]
    fn room_is_shared_by_halves_and_what_is_left_goes_to_the_other() {
        for ((room, a, b), expected) in [
            ((20, 30, 30), (10, 10)),
            ((20, 3, 30), (3, 17)),
            ((20, 30, 3), (17, 3)),
            ((20, 5, 5), (5, 5)),
            ((5, 9, 9), (3, 2)),
            ((1, 9, 9), (1, 0)),
            ((1, 0, 9), (0, 1)),
            ((0, 9, 9), (0, 0)),
        ] {
            assert_eq!(shares(room, a, b), expected, "{room} {a} {b}");
        }
    }
}
