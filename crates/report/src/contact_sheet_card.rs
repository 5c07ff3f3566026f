//! A photograph on the contact sheet.

use maud::{Markup, html};

use crate::contact_sheet::{SheetCard, SheetColumn, SheetLabel};
use crate::numbers;
use crate::page::jpeg_source;

/// The photograph with a field for each column.
pub(crate) fn card_markup(
    columns: &[SheetColumn],
    card: &SheetCard,
) -> Result<Markup, serde_json::Error> {
    let path = card.path.as_str();
    // As JSON, because the browser would turn a carriage return into a line feed.
    let exact_path = serde_json::to_string(path)?;
    Ok(html! {
        li.photograph.review[card.needs_review] data-path=(exact_path) {
            img src=(jpeg_source(&card.jpeg)) alt=(path) loading="lazy" decoding="async";
            @if card.needs_review { span.tag { "review" } }
            div {
                code { @for part in path.split_inclusive(['/', '_']) { (part) wbr; } }
                @for (place, column) in columns.iter().enumerate() {
                    (choice(column, card.labels.get(place).and_then(Option::as_ref), path))
                }
                p {
                    label {
                        input type="checkbox" aria-label=(format!("checked: {path}"));
                        "checked"
                    }
                    @if let Some(joint) = card.joint {
                        span { "all right " (numbers::share(joint)) }
                    }
                }
            }
        }
    })
}

/// What the photograph is in one column, and what it may be instead.
fn choice(column: &SheetColumn, found: Option<&SheetLabel>, path: &str) -> Markup {
    let found_label = found.map_or("", |found| found.label.as_str());
    let is_offered = found_label.is_empty() || column.labels.iter().any(|it| it == found_label);
    html! {
        div.choice {
            span { (column.name) }
            select aria-label=(format!("{} of {path}", column.name)) {
                option value="" selected[found_label.is_empty()] { "(no label)" }
                @for label in &column.labels {
                    option value=(label) selected[label == found_label] { (label) }
                }
                @if !is_offered { option value=(found_label) selected { (found_label) } }
            }
            span { @if let Some(found) = found { (numbers::share(found.probability)) } }
        }
    }
}
