//! The frame of every page: head, style, script and foot.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

/// Forbids the browser every request, so that a mistake in a page cannot fetch anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The same, but pictures that are in the file itself may be shown.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                              img-src data:";

/// A whole page around `content`, without pictures.
pub(crate) fn page(title: &str, version: &str, generated_at: &str, content: Markup) -> String {
    framed(POLICY, title, version, generated_at, content)
}

/// A whole page around `content`, whose pictures are data URIs.
pub(crate) fn page_with_pictures(
    title: &str,
    version: &str,
    generated_at: &str,
    content: Markup,
) -> String {
    framed(PICTURE_POLICY, title, version, generated_at, content)
}

fn framed(policy: &str, title: &str, version: &str, generated_at: &str, content: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(format!("Fitting Room {version}"));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (content) }
                footer {
                    p { "Made by Fitting Room " (version) " at " (generated_at) " (UTC)." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
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
