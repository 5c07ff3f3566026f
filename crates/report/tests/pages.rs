//! What a reader of the pages finds in them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod specimen;

use fitroom_domain::{
    Flip, Hyperparameters, ImportedTrial, Leaks, RecordedFigures, RecordedTrial, SettingValue,
    TrialState,
};
use fitroom_report::{
    SweepReport, SweepSource, TrialRow, ValidationPicture, check_page, index_page, sweep_page,
};

/// The first table of this class, or nothing.
fn table<'a>(page: &'a str, class: &str) -> &'a str {
    page.split("<table")
        .skip(1)
        .find(|table| table.starts_with(&format!(" class=\"{class}")))
        .map_or("", |table| table.split("</table>").next().unwrap())
}

/// The texts of a table's rows, cells separated by `|`.
fn rows(table: &str) -> Vec<String> {
    table
        .split("<tr")
        .skip(2)
        .map(|row| {
            let cells = row
                .split("</t")
                .map(|cell| text(cell.split_once('>').unwrap().1));
            cells.collect::<Vec<_>>().join("|")
        })
        .collect()
}

/// What is left without tags, scripts and styles.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let name = ["script", "style"]
            .into_iter()
            .find(|name| tag.starts_with(name));
        let end = name.map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        rest = tag.split_once(&end).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.trim().to_owned()
}

fn trial(kernel_num: u32, accuracy: f64, parameters: u64) -> TrialRow {
    let hyperparameters = Hyperparameters::new(3, 3, kernel_num, 256, 0.0, 0.0).unwrap();
    let mut row = specimen::finished(hyperparameters, 0, 678);
    let figures = row.figures.as_mut().unwrap();
    figures.accuracy = accuracy;
    figures.parameters = Some(parameters);
    row
}

#[test]
fn trials_are_in_the_order_of_the_leaderboard() {
    let trials = vec![
        trial(32, 0.90, 900),
        trial(64, 0.95, 900),
        trial(96, 0.95, 800),
    ];
    let page = sweep_page(&specimen::report(trials)).unwrap();
    let rows = rows(table(&page, "sortable leaderboard"));
    assert_eq!(rows.len(), 3);
    for (row, (rank, name)) in rows.iter().zip([("1", "n96"), ("2", "n64"), ("3", "n32")]) {
        assert!(row.starts_with(rank) && row.contains(name), "{row}");
    }
    assert!(text(&page).contains("One other trial has the same accuracy"));
}

#[test]
fn swept_settings_are_columns_and_fixed_ones_are_said_once() {
    let page = sweep_page(&specimen::report(vec![
        trial(32, 0.9, 9),
        trial(64, 0.8, 9),
    ]))
    .unwrap();
    let head = text(
        table(&page, "sortable leaderboard")
            .split("<tbody")
            .next()
            .unwrap(),
    );
    assert!(head.contains("kernel_num"));
    assert!(
        !head.contains("kernel_size_1") && !head.contains("seed"),
        "{head}"
    );
    let whole = text(&page);
    assert_eq!(whole.matches("dense_size 256").count(), 1);
    assert_eq!(whole.matches("learning_rate 0.001").count(), 1);
    assert!(whole.contains("seed 0"));
}

#[test]
fn trials_without_figures_are_listed_with_their_reasons() {
    let report = specimen::nearly_done(&[0]);
    let page = sweep_page(&report).unwrap();
    let rows = rows(table(&page, "unranked"));
    assert_eq!(rows.len(), 4, "{rows:#?}");
    for (row, (state, reason)) in rows.iter().zip([
        (
            "failed",
            "not enough memory: tried to allocate 1 258 291 200 bytes",
        ),
        (
            "diverged",
            "the train loss became infinite in epoch 4, step 12",
        ),
        ("running", "is being trained"),
        ("pruned", "stopped after epoch 3"),
    ]) {
        assert!(row.contains(state) && row.contains(reason), "{row}");
    }
    assert!(text(&page).contains("2 planned, not started"));
    assert!(
        text(&page).contains("72 trials: 66 finished, 1 failed, 1 diverged, 1 running, 1 pruned")
    );
    assert!(text(&page).contains("reused from trousers_first_look"));
}

#[test]
fn an_interrupted_trial_is_not_called_planned() {
    let row = specimen::unfinished(trial(32, 0.9, 9), TrialState::Planned, 4, "");
    let page = text(&sweep_page(&specimen::report(vec![row])).unwrap());
    assert!(page.contains("1 trial: 1 interrupted."));
    assert!(page.contains("goes on when the sweep is started again"));
    assert!(!page.contains("planned"));
}

#[test]
fn a_sweep_without_finished_trials_has_a_page() {
    let mut planned = specimen::unfinished(trial(32, 0.9, 9), TrialState::Planned, 0, "");
    planned.attempts = 0;
    for trials in [vec![], vec![planned]] {
        let count = trials.len();
        let page = sweep_page(&specimen::report(trials)).unwrap();
        assert!(text(&page).contains("No trial of this sweep has finished yet"));
        assert!(
            !page.contains("<svg") && !text(&page).contains("NaN"),
            "{count}"
        );
        assert_eq!(text(&page).contains("planned, not started"), count == 1);
    }
}

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
fn hostile_names_stay_text() {
    let hostile = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
    let mut report = specimen::nearly_done(&[0, 1]);
    report.sweep = hostile.to_owned();
    report.dataset.name = hostile.to_owned();
    report.numerics = vec![hostile.to_owned()];
    report.version = hostile.to_owned();
    report.generated_at = hostile.to_owned();
    for trial in &mut report.trials {
        trial.name = hostile.to_owned();
        trial.error = Some(hostile.to_owned());
        trial.reused_from = Some(hostile.to_owned());
    }
    let report = specimen::asked(report, |task, summary| {
        task.name = hostile.to_owned();
        task.definition.predicts = vec![hostile.to_owned()];
        task.definition.where_ = [(hostile.to_owned(), hostile.to_owned())].into();
        summary.classes = vec![hostile.to_owned(); 4];
    });
    let mut report = report;
    for photograph in report.photographs.values_mut() {
        photograph.path = hostile.to_owned();
    }
    let mut index = specimen::index();
    index.datasets[0].name = hostile.to_owned();
    index.datasets[0].tasks[0].task = hostile.to_owned();
    index.datasets[0].tasks[0].sweeps[0].name = hostile.to_owned();
    index.datasets[0].tasks[0].sweeps[0].path = format!("javascript:{hostile}");
    let mut check = specimen::check();
    check.dataset.name = hostile.to_owned();
    check.warnings = vec![hostile.to_owned()];
    check.skipped = vec![(hostile.to_owned(), hostile.to_owned())];
    check.small_classes[0].class = hostile.to_owned();
    let picture = &mut check.sections[0].groups[0].pictures[0];
    picture.path = hostile.to_owned();
    picture.labels = vec![hostile.to_owned()];
    let check = check_page(&check).replace("<img src=\"data:image/png;base64,", "");
    for page in [sweep_page(&report).unwrap(), index_page(&index), check] {
        let scripts = page.matches("<script").count();
        let data = page
            .matches("<script id=\"sweep-data\" type=\"application/json\">")
            .count();
        assert_eq!(scripts, 1 + data);
        assert_eq!(page.matches("</script>").count(), scripts);
        let foreign = page.replace("<img src=\"data:image/jpeg;base64,", "");
        // Within the data only `<` could do harm.
        let (before, data) = page
            .split_once("type=\"application/json\">")
            .unwrap_or((&page, ""));
        let (data, after) = data.split_once("</script>").unwrap_or_default();
        assert!(!data.contains('<'));
        assert!(!foreign.contains("<img") && !before.contains("\"'>") && !after.contains("\"'>"));
        assert!(page.contains("&lt;script&gt;alert(1)"));
        assert!(!page.contains("\"javascript:"));
    }
}

#[test]
fn leaks_stand_as_a_warning_beside_the_accuracies_they_touch() {
    let warning = "12 of 678 validation photographs nearly equal one that was trained on: accuracies \
                   on validation are too high.";
    let report = specimen::nearly_done(&[0]);
    assert!(!sweep_page(&report).unwrap().contains("nearly equal"));
    let mut leaking = None;
    let mut report = specimen::asked(report, |_, summary| {
        summary.leaks = Some(Leaks {
            validation: 12,
            test: 0,
        });
        leaking = summary.leak_warning();
    });
    assert!(text(&sweep_page(&report).unwrap()).contains(warning));
    report.trials.clear();
    assert!(text(&sweep_page(&report).unwrap()).contains(warning));
    let mut index = specimen::index();
    assert!(!index_page(&index).contains("nearly equal"));
    index.datasets[0].tasks[0].leak_warning = leaking;
    let page = text(&index_page(&index));
    assert!(page.contains(&format!("trousers_all: {warning}")), "{page}");
}

#[test]
fn a_check_shows_every_finding_and_counts_what_it_does_not_show() {
    let page = check_page(&specimen::check());
    assert_eq!(
        page.matches("<img src=\"data:image/png;base64,iVBORw0KGgo")
            .count(),
        2
    );
    let whole = text(&page);
    for words in [
        "1 of 1031 validation photographs",
        "1\u{202f}033",
        "5 identical across splits",
        "images/2.jpg",
        "shoes · boots",
        "and 3 more",
        "Not shown: 1\u{202f}200 more",
        "None found.",
        "ballerina",
        "images/7.jpg cannot be decoded",
        "and 2 more",
    ] {
        assert!(whole.contains(words), "{words}: {whole}");
    }
    for forbidden in ["http:", "https:", "<link", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("default-src 'none'") && page.contains("img-src data:"));
}

#[test]
fn pages_fetch_nothing() {
    for page in [
        sweep_page(&specimen::nearly_done(&[0, 1])).unwrap(),
        index_page(&specimen::index()),
    ] {
        let page = page.replace(" src=\"data:image/jpeg;base64,", "");
        for forbidden in [
            "http:", "https:", "//cdn", "<link", " src=", "@import", "url(",
        ] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(page.contains("default-src 'none'"));
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
fn seeds_of_a_configuration_fold_into_one_row_by_their_mean() {
    let mut lucky = [trial(32, 0.99, 9), trial(32, 0.80, 9)];
    let mut steady = [trial(64, 0.95, 9), trial(64, 0.93, 9)];
    for row in [&mut lucky[1], &mut steady[1]] {
        if let RecordedTrial::Ours(trial) = &mut row.trial {
            trial.seed = 1;
        }
    }
    let trials = lucky.into_iter().chain(steady).collect();
    let page = sweep_page(&specimen::report(trials)).unwrap();
    let rows = rows(table(&page, "sortable leaderboard"));
    assert_eq!(rows.len(), 6);
    for cell in ["94.00%", "93.0–95.0%", "2 of 2", "64"] {
        assert!(rows[0].contains(cell), "{}", rows[0]);
    }
    assert!(
        rows[1].contains("95.0%") && rows[1].contains("seed 0"),
        "{}",
        rows[1]
    );
    assert!(rows[3].contains("89.50%"), "{}", rows[3]);
    // The best trial is still the one with the highest accuracy.
    assert!(text(&page).contains("Best configuration over seeds: mean 94.00% of 2 seeds"));
    assert!(page.contains("<p class=\"figure\">99.0%</p>"));
}

#[test]
fn with_one_seed_ranks_are_those_of_the_leaderboard() {
    let mut trials = specimen::grid(&[0], 678);
    for row in &mut trials {
        let figures = row.figures.as_mut().unwrap();
        // Many ties, which loss and id decide.
        figures.accuracy = (figures.accuracy * 20.0).round() / 20.0;
        figures.parameters = Some(1000);
    }
    let mut sorted = trials.clone();
    fitroom_domain::leaderboard::sort(&mut sorted, |row| (row.id.clone(), row.figures));
    let page = sweep_page(&specimen::with_answers(specimen::report(trials))).unwrap();
    let rows = rows(table(&page, "sortable leaderboard"));
    assert_eq!(rows.len(), 72);
    for (row, expected) in rows.iter().zip(&sorted) {
        assert!(
            row.contains(&expected.name),
            "{row}, expected {}",
            expected.name
        );
    }
}

#[test]
fn mirrored_validation_photographs_count_in_accuracies() {
    let report = specimen::report(vec![trial(32, 0.5, 9)]);
    let report = specimen::asked(report, |task, _| task.definition.flip = Flip::All);
    let page = text(&sweep_page(&report).unwrap());
    assert!(page.contains("678 of 1\u{202f}356 photographs and mirrored copies right"));
}

#[test]
fn different_numerics_are_warned_of() {
    let mut report = specimen::nearly_done(&[0]);
    assert!(!sweep_page(&report).unwrap().contains("different numerics"));
    report
        .numerics
        .push("libtorch 2.13.0, avx512, cpu, 1 thread".to_owned());
    assert!(text(&sweep_page(&report).unwrap()).contains("2 different numerics"));
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

#[test]
fn the_index_links_to_every_sweep_of_every_task() {
    let mut index = specimen::index();
    index.datasets[0].tasks[0].sweeps[0].path = "my shop/50% #1.html".to_owned();
    let page = index_page(&index);
    assert!(page.contains("href=\"./my%20shop/50%25%20%231.html\""));
    assert!(page.contains("href=\"./catalogue/primary.html\""));
    assert!(text(&page).contains("66 of 72 finished"));
    assert!(text(&page).contains("no trial has finished"));
}

#[test]
fn what_tensorboard_did_not_get_is_said() {
    let mut trials = specimen::grid(&[0], 678);
    trials.truncate(3);
    let page = |trials: &[TrialRow]| sweep_page(&specimen::report(trials.to_vec())).unwrap();
    assert!(!page(&trials).contains("with a warning"));
    for row in &mut trials[1..] {
        row.warning = Some("TensorBoard's log is not complete: no space left".to_owned());
    }
    let text = text(&page(&trials));
    assert!(text.contains("2 trials trained with a warning"), "{text}");
    let warning = format!("{}: TensorBoard's log is not complete", trials[1].name);
    assert!(text.contains(&warning), "{text}");
}

/// A trial of a log that says little.
fn imported(run: &str, accuracy: f64, settings: &[(&str, SettingValue)]) -> TrialRow {
    let imported = ImportedTrial {
        source: "00112233445566778899aabbccddeeff".parse().unwrap(),
        folder: vec![run.to_owned()],
        take: 0,
        sweep: "Model 1 (Shoes)".to_owned(),
        run: run.to_owned(),
        settings: (settings.iter())
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        seed: None,
    };
    TrialRow {
        id: imported.id(),
        name: imported.name(),
        trial: RecordedTrial::Imported { imported },
        figures: Some(RecordedFigures {
            accuracy,
            loss: None,
            best_epoch: None,
            epochs: None,
            parameters: None,
            multiply_adds: None,
            seconds: None,
        }),
        curve: Vec::new(),
        ..trial(32, 0.5, 9)
    }
}

#[test]
fn what_imported_logs_do_not_say_stays_empty() {
    let number = SettingValue::Number;
    let trials = vec![
        imported(
            "run-1",
            0.88,
            &[("kernel_num", number(64.0)), ("lambda", number(1e-5))],
        ),
        imported(
            "run-2",
            0.882239,
            &[("kernel_num", number(128.0)), ("lambda", number(1e-5))],
        ),
        imported("run-3", 0.7, &[("lambda", number(1e-5))]),
    ];
    let report = SweepReport {
        source: SweepSource::Imported {
            from: "/logs/study".to_owned(),
        },
        ..specimen::report(trials)
    };
    let page = sweep_page(&report).unwrap();
    let shown = text(&page);
    assert!(shown.contains("from the logs in /logs/study"), "{shown}");
    assert!(!shown.contains("NaN") && !shown.contains("test split was not looked at"));
    assert!(!shown.contains("photographs right"), "{shown}");
    let rows = rows(table(&page, "sortable leaderboard"));
    assert!(rows[0].contains("run-2") && rows[0].contains("88.22%") && rows[0].contains("128"));
    assert!(rows[1].contains("88.00%"), "{}", rows[1]);
    // Kernel count, loss, parameters, multiply-adds, epoch and seconds of the third.
    assert_eq!(rows[2].matches('–').count(), 6, "{}", rows[2]);
    assert!(
        shown.contains("no predictions of the best are stored"),
        "{shown}"
    );
}
