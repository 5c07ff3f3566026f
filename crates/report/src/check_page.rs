//! The page of a dataset's check: what somebody should look at.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fitroom_domain::CLASS_SEPARATOR;
use maud::{Markup, html};

use crate::check_report::{CheckGroup, CheckPicture, CheckReport, CheckSection};
use crate::numbers;
use crate::page::{About, age, page, scrolling};

/// What a check found as one HTML file that needs nothing else: its pictures are in it.
pub fn check_page(report: &CheckReport) -> String {
    let title = format!("Check of {}", report.dataset.name);
    let content = html! {
        (header(report))
        (pairs(report))
        @for found in &report.sections { (section(found)) }
        (small_classes(report))
        (skipped(report))
    };
    let about = About {
        title: &title,
        version: &report.version,
        generated_at: &report.generated_at,
    };
    page(about, content, "")
}

fn header(report: &CheckReport) -> Markup {
    html! {
        header {
            p.eyebrow { "Check of a dataset" }
            h1 { (report.dataset.name) }
            p.subject {
                span { (numbers::grouped(report.photographs as u64)) " photographs" }
                span { "fingerprint " code { (report.dataset.fingerprint) } }
                (age(&report.generated_at))
            }
        }
    }
}

fn pairs(report: &CheckReport) -> Markup {
    html! {
        section {
            h2 { "Duplicates and splits" }
            @for warning in &report.warnings { p.warning { (warning) } }
            (scrolling("Pairs of photographs that are alike", html! {
                table.narrow {
                    thead {
                        tr {
                            th scope="col" { "pairs of photographs" }
                            th.number scope="col" { "in one split" }
                            th.number scope="col" { "across splits" }
                        }
                    }
                    tbody {
                        @for pairs in &report.pairs {
                            tr {
                                th scope="row" { (pairs.kind) }
                                td.number { (numbers::grouped(pairs.within)) }
                                td.number { (numbers::grouped(pairs.across)) }
                            }
                        }
                    }
                }
            }))
        }
    }
}

fn section(found: &CheckSection) -> Markup {
    html! {
        section {
            h2 { (found.title) }
            p.quiet { (found.rule) }
            @if found.groups.is_empty() { p { "None found." } }
            div.groups { @for pictures in &found.groups { (group(pictures)) } }
            @if found.more_groups > 0 {
                p.note { "Not shown: " (numbers::grouped(found.more_groups as u64)) " more." }
            }
        }
    }
}

fn group(group: &CheckGroup) -> Markup {
    html! {
        div.group.urgent[group.urgent] {
            h3 { (group.title) }
            ul.pictures {
                @for picture in &group.pictures { li { (figure(picture)) } }
                @if group.more_pictures > 0 {
                    li.quiet { "and " (numbers::grouped(group.more_pictures as u64)) " more" }
                }
            }
        }
    }
}

fn figure(picture: &CheckPicture) -> Markup {
    let source = format!("data:image/png;base64,{}", STANDARD.encode(&picture.png));
    html! {
        figure {
            img src=(source) alt=(picture.path) loading="lazy";
            figcaption {
                span.split.(picture.split.as_str()) { (picture.split) }
                " " (picture.labels.join(CLASS_SEPARATOR))
                code { (picture.path) }
                @if !picture.note.is_empty() { span.quiet { (picture.note) } }
            }
        }
    }
}

fn small_classes(report: &CheckReport) -> Markup {
    html! {
        section {
            h2 { "Small classes" }
            p.quiet {
                "Too few photographs to learn a class, or to measure how well it was learned."
            }
            @if report.small_classes.is_empty() {
                p { "Every class has enough photographs in every split." }
            } @else {
                (scrolling("Small classes", html! {
                    table.narrow {
                        thead {
                            tr {
                                th scope="col" { "column" }
                                th scope="col" { "class" }
                                th scope="col" { "split" }
                                th.number scope="col" { "photographs" }
                                th.number scope="col" { "at least" }
                            }
                        }
                        tbody {
                            @for small in &report.small_classes {
                                tr {
                                    td { (small.column) }
                                    th scope="row" { (small.class) }
                                    td { (small.split) }
                                    td.number { (numbers::grouped(small.photographs as u64)) }
                                    td.number { (numbers::grouped(small.expected as u64)) }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

fn skipped(report: &CheckReport) -> Markup {
    html! {
        section {
            h2 { "Photographs that the import could not use" }
            @if report.skipped.is_empty() && report.more_skipped == 0 {
                p { "None." }
            } @else {
                ul {
                    @for (path, reason) in &report.skipped { li { code { (path) } " " (reason) } }
                    @if report.more_skipped > 0 {
                        li.quiet {
                            "and " (numbers::grouped(report.more_skipped as u64)) " more"
                        }
                    }
                }
            }
        }
    }
}
