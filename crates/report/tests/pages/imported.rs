//! What logs of others do not say.

use fitroom_domain::{ImportedTrial, RecordedFigures, RecordedTrial, SettingValue};
use fitroom_report::{SweepReport, SweepSource, TrialRow, sweep_page};

use crate::specimen;
use crate::{rows, table, text, trial};

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
        shown.contains("no predictions of the best can be read"),
        "{shown}"
    );
}
