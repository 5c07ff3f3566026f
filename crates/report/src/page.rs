//! The frame of every page: head, style, script and foot.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// The script of every page. Pages are complete without it.
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("js/sort.js"),
    include_str!("js/age.js")
);

/// The script of a sweep's page, which works with its data.
pub(crate) const SWEEP_SCRIPT: &str = concat!(
    "const sweep = JSON.parse(document.getElementById(\"sweep-data\").textContent);\n",
    include_str!("js/highlight.js"),
    include_str!("js/leaderboard.js"),
    include_str!("js/filter.js"),
    include_str!("js/statistics.js"),
    include_str!("js/difference.js"),
);

/// Forbids the browser every request, so that a mistake in a page cannot fetch anything. Pictures that are in the
/// file itself may be shown.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// What a page is called, and who made it when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    /// Its title.
    pub(crate) title: &'a str,
    /// Version of Fitting Room.
    pub(crate) version: &'a str,
    /// When it was made: `2026-02-28 17:05`, UTC.
    pub(crate) generated_at: &'a str,
}

/// A link from a sweep's page to the index, which lies in the folder above.
pub(crate) fn link_to_index() -> Markup {
    html! {
        p.note { a href="../index.html" { "All reports" } ", if this file still lies where it was written." }
    }
}

/// A whole page around `content`, with what else its script is to do.
pub(crate) fn page(about: About<'_>, content: Markup, script: &str) -> String {
    html! { (head(about, "")) (content) (foot(about, script)) }.into_string()
}

/// All of a page that comes before its content, with what else its style has.
pub(crate) fn head(about: About<'_>, style: &str) -> Markup {
    html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="generator" content=(format!("Fitting Room {}", about.version));
            title { (about.title) }
            style { (PreEscaped(STYLE)) (PreEscaped(style)) }
        }
        (PreEscaped("<body><main>"))
    }
}

/// All of a page that comes after its content, with what else its script is to do.
pub(crate) fn foot(about: About<'_>, script: &str) -> Markup {
    html! {
        (PreEscaped("</main>"))
        footer {
            p { "Made by Fitting Room " (about.version) " at " (about.generated_at) " (UTC)." }
        }
        script { (PreEscaped(SCRIPT)) (PreEscaped(script)) }
        (PreEscaped("</body></html>"))
    }
}

/// When the page was made, and how long ago that is.
pub(crate) fn age(generated_at: &str) -> Markup {
    let machine_readable = format!("{}Z", generated_at.replace(' ', "T"));
    html! {
        span.age {
            "made " time datetime=(machine_readable) { (generated_at) " UTC" } " "
            strong.needs-script {}
        }
    }
}

/// A wide table, which scrolls inside the page also with the keyboard.
pub(crate) fn scrolling(label: &str, table: Markup) -> Markup {
    html! {
        div.scroll role="region" aria-label=(label) tabindex="0" { (table) }
    }
}

/// A setting's name that may be broken after each underscore, so that its column can be narrow.
pub(crate) fn breakable(name: &str) -> Markup {
    html! {
        @for part in name.split_inclusive('_') { (part) wbr; }
    }
}

/// A JPEG file as the source of a picture.
pub(crate) fn jpeg_source(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))
}
