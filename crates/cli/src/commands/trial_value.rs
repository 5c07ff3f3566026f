//! What is known of a trial by the name of a field.

use fitroom_domain::{RecordedFigures, SettingValue, TrialField};
use fitroom_store::TrialRow;

use crate::output;

/// The value of a field, if it is known.
pub(super) fn trial_value(row: &TrialRow, field: &TrialField) -> Option<SettingValue> {
    let text = |text: &str| Some(SettingValue::Text(text.to_owned()));
    match field {
        TrialField::Dataset => text(&row.dataset),
        TrialField::Sweep => text(&row.sweep),
        TrialField::Task => text(row.trial.task()),
        TrialField::State => text(row.shown_state()),
        TrialField::Name => text(&row.name),
        TrialField::Id => text(row.id.as_str()),
        TrialField::Tag if row.tags.is_empty() => None,
        TrialField::Tag => text(&row.tags.join(",")),
        TrialField::Note => text(row.note.as_deref()?),
        TrialField::Ended => text(row.ended_at.as_deref()?),
        TrialField::Setting(name) => row.trial.setting(name),
        TrialField::Number(number) => {
            let of_figures = |figure: fn(&RecordedFigures) -> Option<f64>| {
                let figure = row.figures.as_ref().and_then(figure);
                figure.map(SettingValue::Number)
            };
            match number.name {
                "accuracy" => of_figures(|figures| Some(figures.accuracy)),
                "loss" => of_figures(|figures| figures.loss),
                "best_epoch" => of_figures(|figures| figures.best_epoch.map(f64::from)),
                "epochs" => of_figures(|figures| figures.epochs.map(f64::from)),
                "parameters" => of_figures(|figures| figures.parameters.map(|it| it as f64)),
                "multiply_adds" => of_figures(|figures| figures.multiply_adds.map(|it| it as f64)),
                "seconds" => of_figures(|figures| figures.seconds),
                // All its digits.
                "seed" => text(&row.trial.seed()?.to_string()),
                "max_epochs" => row.trial.setting("epochs"),
                setting => row.trial.setting(setting),
            }
        }
    }
}

/// A value as people read it in a table.
pub(super) fn shown(value: &SettingValue, field: &TrialField) -> String {
    match (value, field) {
        (SettingValue::Number(number), TrialField::Number(field)) => match field.name {
            "accuracy" => output::percent(*number),
            "loss" => format!("{number:.4}"),
            "seconds" => format!("{number:.1}"),
            _ => value.to_string(),
        },
        (SettingValue::Text(time), TrialField::Ended) => output::to_the_minute(time),
        _ => value.to_string(),
    }
}
