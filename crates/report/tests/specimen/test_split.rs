//! An invented model on an invented test split.

use fitroom_report::{Chosen, Look, SplitAnswers, SweepReport, TestReport, ValidationPicture};

use super::{best_id, noise, pictures};

/// The report's best trial was evaluated, after another model.
pub(crate) fn tested(report: &SweepReport) -> TestReport {
    let best = best_id(&report.trials);
    let row = |index: usize| &report.trials[index];
    let best = report.trials.iter().find(|row| row.id == best).unwrap();
    let validation = SplitAnswers {
        pictures: report.pictures.clone(),
        predicted: (best.logits.as_ref().unwrap().chunks(4))
            .map(|logits| fitroom_domain::highest_logit(logits.iter().copied()))
            .collect(),
    };
    TestReport {
        model: best.id.clone(),
        model_name: best.name.clone(),
        trained_by: report.sweep.clone(),
        chosen: Chosen::Accuracy,
        validation: Some(validation),
        test: Some(test_answers()),
        looks: vec![
            look("2025-03-01 08:12", row(0)),
            look("2025-03-12 17:40", row(1)),
            look("2025-03-14 09:20", best),
        ],
    }
}

/// A time when this trial was evaluated.
pub(crate) fn look(at: &str, row: &fitroom_report::TrialRow) -> Look {
    Look {
        at: at.to_owned(),
        model: row.id.clone(),
        model_name: row.name.clone(),
        photographs: 677,
        accuracy: 566.0 / 677.0,
    }
}

/// 677 photographs, of which some are taken for another class.
fn test_answers() -> SplitAnswers {
    let pictures: Vec<ValidationPicture> = (pictures().into_iter().skip(1))
        .map(|picture| ValidationPicture {
            photograph: picture.photograph + 1,
            ..picture
        })
        .collect();
    let answer = |picture: &ValidationPicture| {
        let photograph = u64::from(picture.photograph);
        match noise(90_000 + photograph) < 0.16 {
            true => (picture.class + 1 + (noise(photograph) * 2.4) as usize) % 4,
            false => picture.class,
        }
    };
    SplitAnswers {
        predicted: pictures.iter().map(answer).collect(),
        pictures,
    }
}
