//! Curves, the confusion matrix, and the size of it all.

use fitroom_domain::TrialState;
use fitroom_report::{SweepReport, ValidationPicture, sweep_page};

use crate::specimen;
use crate::{table, text, trial};

#[test]
fn curves_with_one_epoch_or_with_numbers_that_are_none_are_drawn() {
    let mut short = trial(32, 0.9, 9);
    short.curve.truncate(1);
    let mut infinite = specimen::unfinished(trial(64, 0.9, 9), TrialState::Diverged, 3, "diverged");
    infinite.curve[1].train.loss = f64::INFINITY;
    infinite.curve[2].validation.loss = f64::NAN;
    infinite.curve[2].train.loss = 0.0;
    let page = sweep_page(&specimen::report(vec![short, infinite])).unwrap();
    assert_eq!(page.matches("<svg class=\"plot\"").count(), 4);
    let (drawn, _script) = page.split_once("<script").unwrap();
    assert!(!drawn.contains("NaN") && !drawn.contains("inf,") && !drawn.contains("-2147483648"));
    assert!(text(&page).contains("are drawn at the bottom"));
}

#[test]
fn every_trial_has_a_curve_in_every_plot_and_the_best_stands_out() {
    let page = sweep_page(&specimen::nearly_done(&[0])).unwrap();
    let plots = page.split("<svg class=\"plot\"").skip(1);
    let plots = plots.map(|plot| plot.split("</svg>").next().unwrap());
    let curves = plots.filter(|plot| plot.contains("curve"));
    assert_eq!(curves.clone().count(), 4);
    for plot in curves {
        // 72 less three that never trained: one failed, two planned.
        assert_eq!(plot.matches("<polyline class=\"curve").count(), 69);
        assert_eq!(
            plot.matches("<polyline class=\"curve best\" data-trial=\"0\"")
                .count(),
            1
        );
        assert!(
            !plot.contains("#0"),
            "a colour is left that stands for a class"
        );
    }
}

#[test]
fn a_confusion_matrix_of_twenty_classes_has_every_name_and_count() {
    let names: Vec<String> = (0..20)
        .map(|class| format!("female · type {class}"))
        .collect();
    // 600 photographs, 60 of them taken for the next class.
    let picture = |photograph: u32| ValidationPicture {
        photograph,
        mirrored: false,
        class: photograph as usize % 20,
    };
    let pictures: Vec<ValidationPicture> = (0..600).map(picture).collect();
    let answer = |picture: &ValidationPicture| match picture.photograph % 10 {
        0 => (picture.class + 1) % 20,
        _ => picture.class,
    };
    let logits = (pictures.iter())
        .flat_map(|picture| {
            let answer = answer(picture);
            (0..20).map(move |class| f32::from(u8::from(class == answer)))
        })
        .collect();
    let mut best = trial(32, 0.9, 9);
    best.logits = Some(logits);
    let report = SweepReport {
        pictures,
        ..specimen::report(vec![best])
    };
    let report = specimen::asked(report, |_, summary| summary.classes = names.clone());
    let page = sweep_page(&report).unwrap();
    let matrix = table(&page, "confusion upright");
    for name in &names {
        assert_eq!(matrix.matches(&format!("{name}<")).count(), 2, "{name}");
    }
    assert_eq!(matrix.matches("class=\"right\"").count(), 18);
    assert_eq!(matrix.matches("class=\"wrong\"").count(), 2);
    assert!(matrix.contains(">30<small>100%"), "{matrix}");
    assert!(text(&page).contains("Wrong answers: 60 of 600"));
}

#[test]
fn a_page_of_72_trials_is_small() {
    let page = |report| sweep_page(&report).unwrap().len();
    let bare = page(specimen::report(specimen::grid(&[0], 678)));
    assert!(bare < 400_000, "{bare} bytes");
    // Beside pictures, of which the caller gives as many as there is room for.
    let whole = page(specimen::with_answers(specimen::report(specimen::grid(
        &[0],
        678,
    ))));
    assert!(whole < 2_000_000, "{whole} bytes");
    let seeds = page(specimen::with_answers(specimen::report(specimen::grid(
        &[0, 1, 2],
        678,
    ))));
    assert!(seeds < 4_000_000, "{seeds} bytes");
}
