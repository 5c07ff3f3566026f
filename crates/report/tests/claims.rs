//! What the page of a sweep says of its winner, and what it does not.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod specimen;

use fitroom_domain::{Hyperparameters, RecordedTrial, TrialState};
use fitroom_report::{
    SweepReport, TrialRow, ValidationPicture, csv_rows, leaderboard_csv, sweep_json, sweep_page,
};

const PHOTOGRAPHS: u32 = 600;

/// Photographs of two of the task's four classes.
fn pictures() -> Vec<ValidationPicture> {
    let picture = |photograph| ValidationPicture {
        photograph,
        mirrored: false,
        class: photograph as usize % 2,
    };
    (0..PHOTOGRAPHS).map(picture).collect()
}

/// A finished trial that gets these photographs wrong.
fn trial(kernel_num: u32, seed: u64, wrong: std::ops::Range<u32>) -> TrialRow {
    let hyperparameters = Hyperparameters::new(3, 3, kernel_num, 256, 0.0, 0.0).unwrap();
    let mut row = specimen::finished(hyperparameters, seed, u64::from(PHOTOGRAPHS));
    let accuracy = 1.0 - f64::from(wrong.len() as u32) / f64::from(PHOTOGRAPHS);
    row.figures.as_mut().unwrap().accuracy = accuracy;
    let logits = pictures().into_iter().flat_map(|picture| {
        let is_wrong = wrong.contains(&picture.photograph);
        let answer = if is_wrong {
            1 - picture.class
        } else {
            picture.class
        };
        (0..4).map(move |class| f32::from(u8::from(class == answer)))
    });
    row.logits = Some(logits.collect());
    row
}

fn report(trials: Vec<TrialRow>) -> SweepReport {
    let report = SweepReport {
        pictures: pictures(),
        ..specimen::report(trials)
    };
    specimen::asked(report, |_, summary| {
        summary.photographs.validation = u64::from(PHOTOGRAPHS);
    })
}

/// The section about the winner, without tags.
fn claims(report: &SweepReport) -> String {
    let page = sweep_page(report).unwrap();
    let (_, section) = page
        .split_once("<section id=\"claims\">")
        .unwrap_or_default();
    let section = section.split("</section>").next().unwrap_or_default();
    let texts = section
        .split('<')
        .map(|part| part.split_once('>').map_or("", |(_, text)| text));
    texts.collect()
}

fn seeds(kernel_num: u32, wrong: &[std::ops::Range<u32>]) -> Vec<TrialRow> {
    (0..)
        .zip(wrong)
        .map(|(seed, wrong)| trial(kernel_num, seed, wrong.clone()))
        .collect()
}

#[test]
fn one_seed_speaks_of_two_trained_models() {
    let trials = vec![
        trial(32, 0, 0..60),
        trial(64, 0, 5..70),
        trial(96, 0, 0..200),
    ];
    let said = claims(&report(trials));
    for words in [
        "Not shown worse: 1 of 2.",
        "1 is shown to be worse.",
        "another seed may turn it",
        "exact McNemar test",
        "corrected for 2 comparisons",
        "the best was chosen",
        "The best of 3 is too good by about",
    ] {
        assert!(
            said.to_lowercase().contains(&words.to_lowercase()),
            "{words}: {said}"
        );
    }
}

#[test]
fn the_cheapest_within_the_margin_is_named() {
    let mut report = report(vec![
        trial(128, 0, 0..60),
        trial(32, 0, 1..62),
        trial(96, 0, 0..90),
    ]);
    // Two photographs of 600: far within a tenth, and not surely within a thousandth.
    report.margin = 0.1;
    let said = claims(&report);
    assert!(said.contains("Good enough to ship: 3."), "{said}");
    assert!(
        said.contains("The cheapest is k3x3-n32-d256, with"),
        "{said}"
    );
    assert!(
        sweep_page(&report)
            .unwrap()
            .contains("cheapest good enough</span>")
    );
    report.margin = 0.001;
    let said = claims(&report);
    assert!(
        said.contains("The validation set is too small to choose"),
        "{said}"
    );
    assert!(
        said.contains("smallest difference that it can show:"),
        "{said}"
    );
    assert!(
        !sweep_page(&report)
            .unwrap()
            .contains("cheapest good enough</span>")
    );
}

#[test]
fn a_winner_of_all_is_one_only_if_all_others_are_shown_worse() {
    let all = vec![
        trial(32, 0, 0..60),
        trial(64, 0, 0..150),
        trial(96, 0, 0..200),
    ];
    let said = claims(&report(all.clone()));
    assert!(said.contains("Yes, among these."), "{said}");
    assert!(
        said.contains("Good enough to ship: only the best."),
        "{said}"
    );
    // With one more of which nothing is known.
    let mut unknown = trial(128, 0, 0..250);
    unknown.logits = None;
    let said = claims(&report(all.into_iter().chain([unknown]).collect()));
    assert!(!said.contains("Yes, among these."), "{said}");
    assert!(said.contains("Of 1 more nothing can be said"), "{said}");
}

#[test]
fn few_seeds_give_an_interval_and_no_verdict() {
    let trials = seeds(32, &[0..60, 1..60, 0..61]).into_iter();
    let trials = trials.chain(seeds(64, &[0..160, 0..170, 0..180])).collect();
    let said = claims(&report(trials));
    assert!(said.contains("No verdict. Two to four seeds"), "{said}");
    assert!(said.contains("Five seeds give a verdict."), "{said}");
    for absent in [
        "Good enough to ship:",
        "too small to choose",
        "Not shown worse",
    ] {
        assert!(!said.contains(absent), "{absent}: {said}");
    }
}

#[test]
fn verdicts_of_few_are_not_described_by_what_the_many_lack() {
    let mut trials = seeds(32, &[0..60, 1..60, 0..61, 0..60, 2..61]);
    trials.extend(seeds(64, &[0..160, 0..170, 0..180, 0..170, 0..170]));
    for kernel_num in [33, 34, 35, 36] {
        trials.push(trial(kernel_num, 0, 0..90));
    }
    let said = claims(&report(trials));
    assert!(
        said.contains("Shown worse: all 1 that can be compared."),
        "{said}"
    );
    assert!(said.contains("Of 4 more nothing can be said"), "{said}");
    assert!(
        said.contains("two-way bootstrap") && !said.contains("McNemar"),
        "{said}"
    );
    assert!(!said.contains("another seed may turn it"), "{said}");
}

#[test]
fn seeds_that_nobody_shares_give_no_verdict() {
    let said = claims(&report(vec![trial(32, 0, 0..60), trial(64, 1, 0..160)]));
    assert!(
        said.contains("No other configuration shares enough seeds"),
        "{said}"
    );
}

#[test]
fn without_the_predictions_of_the_best_it_stays_first_and_nobody_can_say() {
    let mut best = trial(32, 0, 0..60);
    best.logits = None;
    let name = best.name.clone();
    let report = report(vec![trial(64, 0, 0..90), best, trial(96, 0, 0..100)]);
    let said = claims(&report);
    assert!(said.contains("Nobody can say"), "{said}");
    let csv = leaderboard_csv(&csv_rows(&report)).unwrap();
    let first = csv.lines().nth(1).unwrap();
    assert!(first.contains(&name), "{csv}");
    assert!(first.contains(",1,1,"), "{first}");
}

#[test]
fn a_single_configuration_is_compared_with_nothing() {
    assert_eq!(claims(&report(vec![trial(32, 0, 0..60)])), "");
}

#[test]
fn programs_get_what_the_page_says() {
    let report = report(vec![
        trial(32, 0, 0..60),
        trial(64, 0, 5..70),
        trial(96, 0, 0..200),
    ]);
    let json = serde_json::to_value(sweep_json(&report)).unwrap();
    let verdicts: Vec<&str> = (json["configurations"].as_array().unwrap().iter())
        .map(|it| it["comparison"]["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["best", "not-shown-worse", "shown-worse"]);
    assert_eq!(
        json["configurations"][0]["trials"][0]["confusion"][0][1],
        30
    );
    assert_eq!(
        json["best_trial"],
        json["configurations"][0]["trials"][0]["trial"]
    );
    let csv = leaderboard_csv(&csv_rows(&report)).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let values = |name: &str| -> Vec<&str> { rows.iter().map(|row| &row[column(name)]).collect() };
    assert_eq!(values("verdict"), ["best", "not shown worse", "worse"]);
    assert_eq!(values("kernel_num"), ["32", "64", "96"]);
    assert_eq!(values("accuracy")[0], "0.9");
    assert_eq!(values("good_enough")[2], "false");
}

#[test]
fn effects_are_shown_of_a_complete_grid_alone() {
    let complete = specimen::with_answers(specimen::report(specimen::grid(&[0, 1], 678)));
    let page = sweep_page(&complete).unwrap();
    assert!(page.contains("Share of the variance") && page.contains("seed noise"));
    assert!(page.contains("kernel_size_1 × kernel_num"));
    let one_seed = sweep_page(&specimen::report(specimen::grid(&[0], 678))).unwrap();
    assert!(one_seed.contains("interaction and noise cannot be told apart"));
    let mut gap = specimen::grid(&[0], 678);
    gap[7] = specimen::unfinished(gap[7].clone(), TrialState::Failed, 0, "no memory");
    let page = sweep_page(&specimen::report(gap.clone())).unwrap();
    assert!(page.contains("Not available: 1 of 72 trials have no result."));
    gap.remove(7);
    let page = sweep_page(&specimen::report(gap)).unwrap();
    assert!(page.contains("Not available: 1 of 72 combinations of settings have no result."));
}

#[test]
fn imported_trials_without_seeds_are_never_taken_for_seeds_of_one_another() {
    let imported = |run: &str, accuracy| {
        let mut row = trial(32, 0, 0..60);
        let imported = fitroom_domain::ImportedTrial {
            source: "00112233445566778899aabbccddeeff".parse().unwrap(),
            folder: vec![run.to_owned()],
            take: 0,
            sweep: "shoes".to_owned(),
            run: run.to_owned(),
            settings: std::collections::BTreeMap::new(),
            seed: None,
        };
        (row.id, row.name) = (imported.id(), imported.name());
        row.trial = RecordedTrial::Imported { imported };
        row.figures.as_mut().unwrap().accuracy = accuracy;
        row.logits = None;
        row
    };
    let trials = vec![imported("a", 0.7), imported("b", 0.72), imported("c", 0.88)];
    let csv = leaderboard_csv(&csv_rows(&specimen::report(trials))).unwrap();
    let names: Vec<&str> = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(5))
        .collect();
    assert_eq!(names.len(), 3);
    assert!(
        names[0].starts_with("c-") && names[2].starts_with("a-"),
        "{names:?}"
    );
}
