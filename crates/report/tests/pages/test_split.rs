//! What is said of the test split: by a sweep's page, its JSON and the index.

use fitroom_domain::statistics::{
    balanced_accuracy, class_figures, macro_f1, mean, photograph_scores, wilson,
};
use fitroom_domain::{ConfusionMatrix, Flip};
use fitroom_report::{
    Chosen, SplitAnswers, SweepReport, ValidationPicture, sweep_json, sweep_page,
};
use serde_json::Value;

use crate::specimen::{self, test_split::look};
use crate::{rows, table, text, trial};

/// The section on test, and what it says.
fn section(report: &SweepReport) -> (String, String) {
    let page = sweep_page(report).unwrap();
    let (_, after) = page.split_once("<section id=\"test\">").unwrap();
    let section = after.split("</section>").next().unwrap();
    (section.to_owned(), text(section))
}

fn json(report: &SweepReport) -> Value {
    serde_json::to_value(sweep_json(report)).unwrap()
}

fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

#[test]
fn validation_and_test_stand_beside_each_other_with_their_intervals() {
    let report = specimen::nearly_done(&[0]);
    let test = report.test.clone().unwrap();
    let (section, said) = section(&report);
    let lines = rows(table(&section, "narrow splits"));
    let json = json(&report);
    let splits = [test.validation.unwrap(), test.test.unwrap()];
    for ((line, answers), name) in lines.iter().zip(&splits).zip(["validation", "test"]) {
        let pairs = || answers.pictures.iter().zip(&answers.predicted);
        let scores = photograph_scores(pairs().map(|(it, got)| (it.photograph, it.class == *got)));
        let accuracy = mean(&scores).unwrap();
        let interval = wilson(accuracy, scores.len() as u64, 0.95);
        let confusion = ConfusionMatrix::new(4, pairs().map(|(it, got)| (it.class, *got))).unwrap();
        let with_interval = format!(
            "{} ({:.1}–{:.1}%)",
            percent(accuracy),
            100.0 * interval.low,
            100.0 * interval.high
        );
        let f1 = macro_f1(&confusion).unwrap();
        let balanced = balanced_accuracy(&confusion).unwrap();
        let expected = format!(
            "{name}|{}|{with_interval}|{f1:.3}|{}",
            scores.len(),
            percent(balanced)
        );
        assert_eq!(line.trim_end_matches('|'), expected);
        assert!(
            said.contains(&format!("{name} {with_interval}").replacen('v', "V", 1))
                || said.contains(&format!("{name} {with_interval}")),
            "{said}"
        );
        let json = &json["test"][name];
        assert_eq!(json["accuracy"], accuracy);
        assert_eq!(json["interval"]["low"], interval.low);
        assert_eq!(json["macro_f1"], f1);
        assert_eq!(json["balanced_accuracy"], balanced);
        assert_eq!(json["photographs"], scores.len() as u64);
        for (class, figures) in class_figures(&confusion).into_iter().enumerate() {
            assert_eq!(json["classes"][class]["support"], figures.support);
            assert_eq!(json["classes"][class]["recall"], figures.recall.unwrap());
            assert_eq!(
                json["confusion"][class][class],
                confusion.count(class, class)
            );
        }
    }
    assert_eq!(lines.len(), 2);
    assert_eq!(json["test"]["chosen"], "accuracy");
    assert_eq!(json["test"]["looks"].as_array().unwrap().len(), 3);
    assert!(said.contains("selected on validation") && said.contains("Test was not used for that"));
    assert!(
        section.contains(">166<small>81%"),
        "the matrix of test: {section}"
    );
}

#[test]
fn every_class_has_the_figures_of_both_splits() {
    let report = specimen::nearly_done(&[0]);
    let test = report.test.clone().unwrap();
    let (section, _) = section(&report);
    let lines = rows(table(&section, "classes-table"));
    let figures = [test.validation.unwrap(), test.test.unwrap()]
        .map(|answers| class_figures(&answers.confusion(4).unwrap()));
    // The first is the second row of the head.
    assert_eq!(lines.len(), 5);
    for (class, line) in lines[1..].iter().enumerate() {
        let cells: Vec<&str> = line.split('|').collect();
        for (split, first) in [(0, 1), (1, 6)] {
            let figures = &figures[split][class];
            assert_eq!(cells[first], figures.support.to_string());
            assert_eq!(cells[first + 1], percent(figures.precision.unwrap()));
            assert_eq!(cells[first + 2], percent(figures.recall.unwrap()));
            assert_eq!(cells[first + 4], format!("{:.3}", figures.f1.unwrap()));
        }
    }
}

#[test]
fn a_photograph_and_its_mirrored_copy_are_one() {
    let picture = |photograph, mirrored| ValidationPicture {
        photograph,
        mirrored,
        class: 0,
    };
    let answers = SplitAnswers {
        pictures: vec![
            picture(7, false),
            picture(7, true),
            picture(9, false),
            picture(9, true),
        ],
        predicted: vec![0, 1, 0, 0],
    };
    assert_eq!(answers.photographs(), 2);
    assert_eq!(answers.scores(), [0.5, 1.0]);
    assert_eq!(answers.accuracy(), Some(0.75));
    assert_eq!(answers.interval(), Some(wilson(0.75, 2, 0.95)));
    assert_eq!(answers.confusion(2).unwrap().total(), 4);
    let mut report = specimen::asked(specimen::nearly_done(&[0]), |task, _| {
        task.definition.flip = Flip::All;
    });
    report.test.as_mut().unwrap().test = Some(answers);
    let (_, said) = section(&report);
    assert!(
        said.contains("each cell counts photographs and mirrored copies"),
        "{said}"
    );
    assert_eq!(json(&report)["test"]["test"]["pictures"], 4);
    assert_eq!(json(&report)["test"]["test"]["photographs"], 2);
}

#[test]
fn a_model_that_was_not_evaluated_has_no_test_figures() {
    let mut report = specimen::nearly_done(&[0]);
    let test = report.test.as_mut().unwrap();
    (test.test, test.looks) = (None, Vec::new());
    let (section, said) = section(&report);
    assert!(
        said.contains("was not evaluated yet: fitroom evaluate does."),
        "{said}"
    );
    assert!(
        !section.contains("<table") && !said.contains("too good"),
        "{said}"
    );
    let page = text(&sweep_page(&report).unwrap());
    assert!(page.contains("the test split was not looked at") && !page.contains("Test accuracy"));
    assert_eq!(json(&report)["test"]["test"], Value::Null);
    assert!(json(&report)["test"]["validation"]["accuracy"].is_number());
}

#[test]
fn without_a_selected_model_nothing_is_said_of_test() {
    let report = specimen::report(vec![trial(32, 0.9, 9)]);
    assert!(!sweep_page(&report).unwrap().contains("\"#test\""));
    assert_eq!(json(&report)["test"], Value::Null);
}

#[test]
fn looks_are_counted_and_more_than_one_model_is_warned_of() {
    let mut report = specimen::nearly_done(&[0]);
    let (first, second) = (report.trials[0].clone(), report.trials[1].clone());
    let mut said = |looks: Vec<_>| {
        report.test.as_mut().unwrap().looks = looks;
        section(&report).1
    };
    let once = said(vec![look("2026-01-05 08:00", &first)]);
    assert!(
        once.contains("once, on 2026-01-05 08:00 UTC, for "),
        "{once}"
    );
    assert!(!once.contains("less of a test") && !once.contains("Each look"));
    let same = said(vec![
        look("2026-01-05 08:00", &first),
        look("2026-01-06 08:00", &first),
    ]);
    assert!(
        same.contains("2 times: 2026-01-05 08:00 UTC, 2026-01-06 08:00 UTC."),
        "{same}"
    );
    assert!(same.contains("the same model each time") && !same.contains("less of a test"));
    let two = said(vec![
        look("2026-01-05 08:00", &first),
        look("2026-01-06 08:00", &second),
    ]);
    assert!(
        two.contains("Of 2 models. Every look makes test less of a test"),
        "{two}"
    );
    assert!(two.contains(&first.name) && two.contains(&second.name));
    let many = said(
        (10..25)
            .map(|day| look(&format!("2026-01-{day} 08:00"), &first))
            .collect(),
    );
    assert!(
        many.contains("15 times: first on 2026-01-10 08:00 UTC, last on 2026-01-24 08:00 UTC."),
        "{many}"
    );
    let none = said(Vec::new());
    assert!(!none.contains("were read"), "{none}");
}

#[test]
fn how_the_model_was_chosen_and_who_trained_it_is_said() {
    let mut report = specimen::nearly_done(&[0]);
    let mut said = |chosen, trained_by: &str, model: Option<usize>| {
        let id = model.map(|it| report.trials[it].id.clone());
        let test = report.test.as_mut().unwrap();
        (test.chosen, test.trained_by) = (chosen, trained_by.to_owned());
        if let Some(id) = id {
            test.model = id;
        }
        section(&report).1
    };
    let own = said(Chosen::Accuracy, "trousers_all", None);
    assert!(
        !own.contains("another sweep") && !own.contains("not the best trial"),
        "{own}"
    );
    let cheapest = said(Chosen::Cheapest, "trousers_first_look", Some(0));
    assert!(
        cheapest.contains("it is the cheapest that is good enough to ship"),
        "{cheapest}"
    );
    assert!(
        cheapest.contains("trained by another sweep, trousers_first_look."),
        "{cheapest}"
    );
    assert!(
        cheapest.contains("It is not the best trial of this page."),
        "{cheapest}"
    );
    let pinned = said(Chosen::Pinned, "trousers_all", None);
    assert!(pinned.contains("The model is pinned"), "{pinned}");
    assert!(
        !pinned.contains("selected on validation") && !pinned.contains("too good"),
        "{pinned}"
    );
}

#[test]
fn answers_that_do_not_fit_the_classes_are_no_figures() {
    let mut report = specimen::nearly_done(&[0]);
    report
        .test
        .as_mut()
        .unwrap()
        .test
        .as_mut()
        .unwrap()
        .predicted[5] = 4;
    let (section, said) = section(&report);
    assert!(said.contains("does not fit the task's classes"), "{said}");
    assert!(!section.contains("splits"));
    assert_eq!(json(&report)["test"]["test"], Value::Null);
    let answers = report.test.as_mut().unwrap().test.as_mut().unwrap();
    answers.predicted.truncate(9);
    assert!(answers.confusion(4).is_none());
}

#[test]
fn very_many_classes_have_no_test_matrix() {
    let report = specimen::asked(specimen::nearly_done(&[0]), |_, summary| {
        summary.classes = (0..61).map(|class| format!("class {class}")).collect();
    });
    let (section, said) = section(&report);
    assert!(
        said.contains("A matrix of 61 classes would not be readable"),
        "{said}"
    );
    assert!(!section.contains("class=\"confusion"));
    assert_eq!(
        json(&report)["test"]["test"]["confusion"],
        Value::Array(Vec::new())
    );
}
