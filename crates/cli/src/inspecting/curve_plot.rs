//! Learning curves drawn with characters.

use anstyle::{AnsiColor, Style as TerminalStyle};
use fitroom_domain::{EpochMetrics, LossAndAccuracy};
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Style};
use ratatui_core::symbols::Marker;
use ratatui_core::text::Line;
use ratatui_core::widgets::Widget;
use ratatui_widgets::chart::{Axis, Chart, Dataset, GraphType};

use crate::colour::Colours;
use crate::output;

/// Rows of a chart with its axis.
const HEIGHT: u16 = 11;
/// Columns between two charts side by side, and before the first.
const GAP: u16 = 2;
/// The fewest columns of a chart beside another.
const NARROWEST: u16 = 36;
/// The most columns of a chart.
const WIDEST: u16 = 64;

/// A line that can be told from the other one without colour.
struct Stroke {
    name: &'static str,
    /// What the legend shows.
    sample: &'static str,
    marker: Marker,
    colour: Color,
}

const TRAIN: Stroke = Stroke {
    name: "train",
    sample: "⠤⠤⠤",
    marker: Marker::Braille,
    colour: Color::Cyan,
};

const VALIDATION: Stroke = Stroke {
    name: "validation",
    sample: "●●●",
    marker: Marker::Custom('●'),
    colour: Color::Yellow,
};

/// A figure that is drawn by epoch.
struct Figure {
    name: &'static str,
    value: fn(&LossAndAccuracy) -> f64,
    label: fn(f64) -> String,
}

const FIGURES: [Figure; 2] = [
    Figure {
        name: "accuracy",
        value: |it| it.accuracy,
        label: output::percent,
    },
    Figure {
        name: "loss",
        value: |it| it.loss,
        label: |loss| format!("{loss:.4}"),
    },
];

/// Points of (epoch, value).
type Points = Vec<(f64, f64)>;

/// Accuracy and loss by epoch, beside or below each other in so many columns; empty without epochs.
pub(super) fn curve_plot(epochs: &[EpochMetrics], width: u16, colours: Colours) -> String {
    let beside = (width.saturating_sub(2 * GAP)) / 2;
    let is_beside = beside >= NARROWEST;
    let columns = match is_beside {
        true => beside,
        false => width.saturating_sub(GAP),
    };
    let charts: Vec<Vec<String>> = (FIGURES.iter())
        .filter_map(|figure| chart(figure, epochs, columns.min(WIDEST), colours))
        .collect();
    let indent = " ".repeat(usize::from(GAP));
    let joined = |lines: &[&String]| -> String {
        let line: String = lines.iter().map(|line| format!("{indent}{line}")).collect();
        line.trim_end().to_owned()
    };
    let lines: Vec<String> = match &charts[..] {
        [left, right] if is_beside => (left.iter().zip(right))
            .map(|(left, right)| joined(&[left, right]))
            .collect(),
        charts => (charts.iter().flatten())
            .map(|line| joined(&[line]))
            .collect(),
    };
    lines.join("\n")
}

/// The lines of a chart, all equally wide; `None` if there is nothing to draw.
fn chart(
    figure: &Figure,
    epochs: &[EpochMetrics],
    columns: u16,
    colours: Colours,
) -> Option<Vec<String>> {
    let points = |of: fn(&EpochMetrics) -> &LossAndAccuracy| -> Points {
        let points = epochs
            .iter()
            .map(|epoch| (f64::from(epoch.epoch), (figure.value)(of(epoch))));
        points.filter(|(_, value)| value.is_finite()).collect()
    };
    let drawn = [
        (TRAIN, points(|it| &it.train)),
        (VALIDATION, points(|it| &it.validation)),
    ];
    let drawn: Vec<(Stroke, Points)> = drawn
        .into_iter()
        .filter(|(_, points)| !points.is_empty())
        .collect();
    let all = || drawn.iter().flat_map(|(_, points)| points);
    let values = bounds(all().map(|(_, value)| *value))?;
    let range = bounds(all().map(|(epoch, _)| *epoch))?;
    let area = Rect::new(0, 0, columns, HEIGHT);
    let mut buffer = Buffer::empty(area);
    let datasets = drawn.iter().map(|(stroke, points)| {
        Dataset::default()
            .data(points)
            .marker(stroke.marker)
            .graph_type(GraphType::Line)
            .style(Style::new().fg(stroke.colour))
    });
    let label = |value: f64| Line::from((figure.label)(value));
    let middle = (values[0] + values[1]) / 2.0;
    let y_axis = Axis::default().bounds(apart(values, 1e-4)).labels([
        label(values[0]),
        label(middle),
        label(values[1]),
    ]);
    let x_axis = Axis::default()
        .bounds(apart(range, 0.5))
        .labels(epoch_labels(range));
    Chart::new(datasets.collect())
        .x_axis(x_axis)
        .y_axis(y_axis)
        .legend_position(None)
        .render(area, &mut buffer);
    let mut lines = vec![legend(figure.name, &drawn, columns, colours)];
    lines.extend(printed(&buffer, colours));
    Some(lines)
}

/// The smallest and the largest; `None` without any.
fn bounds(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.fold(None, |bounds, value| match bounds {
        Some([low, high]) => Some([f64::min(low, value), f64::max(high, value)]),
        None => Some([value, value]),
    })
}

/// Bounds that are not the same, so that a single value is drawn between them.
fn apart([low, high]: [f64; 2], half: f64) -> [f64; 2] {
    match low < high {
        true => [low, high],
        false => [low - half, high + half],
    }
}

/// Labels of the epochs' axis: a single epoch stands in its middle.
fn epoch_labels([first, last]: [f64; 2]) -> Vec<Line<'static>> {
    let texts = match first < last {
        true => vec![format!("epoch {first}"), last.to_string()],
        false => vec![String::new(), format!("epoch {first}"), String::new()],
    };
    texts.into_iter().map(Line::from).collect()
}

/// What is drawn how, in so many columns.
fn legend(name: &str, drawn: &[(Stroke, Points)], columns: u16, colours: Colours) -> String {
    let mut text = colours.bold(name);
    let mut length = name.chars().count();
    for (stroke, _) in drawn {
        let shown = format!("{} {}", stroke.sample, stroke.name);
        length += 3 + shown.chars().count();
        text.push_str("   ");
        text.push_str(&colours.paint(terminal_style(stroke.colour), &shown));
    }
    text.push_str(&" ".repeat(usize::from(columns).saturating_sub(length)));
    text
}

/// The lines of a buffer; cells of one colour that follow each other are painted together.
fn printed(buffer: &Buffer, colours: Colours) -> Vec<String> {
    let rows = buffer
        .content()
        .chunks(usize::from(buffer.area().width).max(1));
    let line = |row: &[Cell]| -> String {
        let runs = row.chunk_by(|one, other| one.fg == other.fg);
        runs.map(|run| {
            let text: String = run.iter().map(Cell::symbol).collect();
            colours.paint(terminal_style(run[0].fg), &text)
        })
        .collect()
    };
    rows.map(line).collect()
}

fn terminal_style(colour: Color) -> TerminalStyle {
    match colour {
        Color::Cyan => AnsiColor::Cyan.on_default(),
        Color::Yellow => AnsiColor::Yellow.on_default(),
        _ => TerminalStyle::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: u32, train: (f64, f64), validation: (f64, f64)) -> EpochMetrics {
        let both = |(loss, accuracy)| LossAndAccuracy { loss, accuracy };
        EpochMetrics {
            epoch,
            train: both(train),
            validation: both(validation),
            seconds: 1.0,
        }
    }

    fn three() -> Vec<EpochMetrics> {
        vec![
            epoch(1, (1.5, 0.25), (1.25, 0.5)),
            epoch(2, (0.75, 0.5), (0.75, 0.625)),
            epoch(3, (0.25, 1.0), (1.0, 0.75)),
        ]
    }

    #[test]
    fn labels_hold_the_range_of_both_curves() {
        let text = curve_plot(&three(), 80, Colours::None);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 1 + usize::from(HEIGHT));
        assert!(
            lines[0].contains("accuracy   ⠤⠤⠤ train   ●●● validation"),
            "{text}"
        );
        for (line, labels) in [(1, ["100.00 %", "1.5000"]), (9, ["25.00 %", "0.2500"])] {
            for label in labels {
                assert!(lines[line].contains(label), "{label}\n{text}");
            }
        }
        assert!(
            lines[11].contains("epoch 1") && lines[11].ends_with('3'),
            "{text}"
        );
        assert!(
            lines.iter().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
        assert!(text.contains('●') && text.chars().any(|it| ('⠁'..='⣿').contains(&it)));
    }

    #[test]
    fn charts_stand_below_each_other_where_there_is_little_room() {
        let text = curve_plot(&three(), 60, Colours::None);
        assert_eq!(text.lines().count(), 2 * (1 + usize::from(HEIGHT)));
        assert!(
            text.lines().all(|line| line.chars().count() <= 60),
            "{text}"
        );
    }

    #[test]
    fn colours_change_nothing_else() {
        let plain = curve_plot(&three(), 100, Colours::None);
        let painted = curve_plot(&three(), 100, Colours::Shown);
        let mut stripped = String::new();
        for (place, part) in painted.split('\u{1b}').enumerate() {
            stripped.push_str(match place {
                0 => part,
                _ => part.split_once('m').unwrap().1,
            });
        }
        let trimmed = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| line.trim_end().to_owned())
                .collect()
        };
        assert_eq!(trimmed(&stripped), trimmed(&plain));
        assert!(painted.contains("\u{1b}[33m●"), "{painted}");
    }

    #[test]
    fn one_epoch_is_drawn_and_what_is_unknown_is_not() {
        let text = curve_plot(&three()[..1], 80, Colours::None);
        assert!(text.contains("epoch 1") && text.contains('●'), "{text}");
        let unknown = (f64::NAN, f64::NAN);
        let text = curve_plot(&[epoch(1, unknown, (0.5, 0.5))], 80, Colours::None);
        assert!(
            !text.contains("train") && text.contains("50.00 %"),
            "{text}"
        );
        assert_eq!(
            curve_plot(&[epoch(1, unknown, unknown)], 80, Colours::None),
            ""
        );
        assert_eq!(curve_plot(&[], 80, Colours::None), "");
        curve_plot(&three(), 1, Colours::None);
    }
}
