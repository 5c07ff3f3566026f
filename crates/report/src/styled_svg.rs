//! Plots as SVG that take their colours from the page.
//!
//! plotters writes colours into the SVG, but the page's style decides on colours (light, dark, print): everything is
//! drawn in colours that stand for a class, and [`draw`] puts the classes in their place.

use plotters::coord::Shift;
use plotters::prelude::*;

/// A plot that could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to draw the plot of `{plot}`: {reason}")]
pub struct PlotError {
    /// What it shows.
    pub plot: String,
    /// The drawing library's words.
    pub reason: String,
}

/// Width and height of a drawing. plotters rounds to whole units: twice the size at which a plot is shown keeps
/// curves smooth.
pub(crate) const SIZE: (u32, u32) = (1120, 640);
/// Stands for lines at round values.
pub(crate) const GRID: RGBColor = RGBColor(1, 0, 0);
/// Stands for axes.
pub(crate) const AXIS: RGBColor = RGBColor(1, 0, 1);
/// Stands for the labels of axes.
pub(crate) const LABEL: RGBColor = RGBColor(1, 0, 2);
/// Stands for what is pointed out.
pub(crate) const MARK: RGBColor = RGBColor(1, 0, 3);
/// The red of everything that is numbered; green and blue are its number.
const NUMBERED: u8 = 2;

/// How a drawing is to look.
#[derive(Debug)]
pub(crate) struct Svg<'a> {
    /// What it shows, for those who cannot see it.
    pub(crate) label: &'a str,
    /// The class of what is numbered.
    pub(crate) class: &'static str,
    /// The attribute that gets its number.
    pub(crate) attribute: &'static str,
    /// The number of the one that also gets the class `best`.
    pub(crate) best: Option<usize>,
}

/// The colour that stands for a number; beyond 65536, numbers start again.
pub(crate) fn color_of(number: usize) -> RGBColor {
    let [high, low] = (number as u16).to_be_bytes();
    RGBColor(NUMBERED, high, low)
}

/// Draws onto an area of [`SIZE`], and gives the drawing a label and classes.
pub(crate) fn draw(
    plot: &str,
    svg: &Svg<'_>,
    drawing: impl FnOnce(DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<String, PlotError> {
    let mut drawn = String::new();
    let failed = |reason: String| PlotError {
        plot: plot.to_owned(),
        reason,
    };
    let area = SVGBackend::with_string(&mut drawn, SIZE).into_drawing_area();
    drawing(area.clone()).map_err(|error| failed(error.to_string()))?;
    area.present().map_err(|error| failed(error.to_string()))?;
    drop(area);
    Ok(styled(&drawn, svg))
}

fn styled(drawing: &str, svg: &Svg<'_>) -> String {
    let body = drawing.split_once('>').map_or("", |(_, body)| body);
    let mut body = body
        .replace(" opacity=\"1\"", "")
        .replace(" fill=\"none\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" stroke-width=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" \"/>", "\"/>");
    for (color, class) in [
        (GRID, "grid"),
        (AXIS, "axis"),
        (LABEL, "label"),
        (MARK, "mark"),
    ] {
        let RGBColor(red, green, blue) = color;
        for attribute in ["fill", "stroke"] {
            let drawn = format!("{attribute}=\"#{red:02X}{green:02X}{blue:02X}\"");
            body = body.replace(&drawn, &format!("class=\"{class}\""));
        }
    }
    for attribute in ["fill", "stroke"] {
        body = numbered(&body, &format!("{attribute}=\"#{NUMBERED:02X}"), svg);
    }
    let (width, height) = SIZE;
    let label = svg.label;
    format!(
        "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">{body}"
    )
}

/// Puts class and number in the place of the colours that begin so.
fn numbered(body: &str, color: &str, svg: &Svg<'_>) -> String {
    let mut parts = body.split(color);
    let mut content = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Four hexadecimal digits and the closing quote.
        let (digits, rest) = part.split_once('"').unwrap_or((part, ""));
        let number = usize::from_str_radix(digits, 16).unwrap_or_default();
        let best = match svg.best == Some(number) {
            true => " best",
            false => "",
        };
        let (class, attribute) = (svg.class, svg.attribute);
        content.push_str(&format!(
            "class=\"{class}{best}\" {attribute}=\"{number}\"{rest}"
        ));
    }
    content
}
