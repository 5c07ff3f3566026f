//! The pages in a real browser: the Chromium that `FITROOM_CHROMIUM` names.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod specimen;

use std::path::Path;
use std::process::Command;

use fitroom_report::{check_page, sweep_page};

/// What Chromium makes of a page: its document as text, and its messages.
fn opened(chromium: &str, page: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("file://{}", Path::display(&file)))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let utf8 = |bytes| String::from_utf8(bytes).unwrap();
    (utf8(output.stdout), utf8(output.stderr))
}

/// The page with a script after its own.
fn with_script(page: &str, script: &str) -> String {
    page.replace("</body>", &format!("<script>{script}</script></body>"))
}

fn title(document: &str) -> &str {
    let (_, rest) = document.split_once("<title>").unwrap();
    rest.split_once("</title>").unwrap().0
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests is to know")]
fn chromium() -> Option<String> {
    let chromium = std::env::var("FITROOM_CHROMIUM").ok();
    if chromium.is_none() {
        eprintln!("SKIPPED: set FITROOM_CHROMIUM to a Chromium binary to open reports in it");
    }
    chromium
}

#[test]
fn a_click_on_a_header_sorts_and_another_turns_the_order_round() {
    let Some(chromium) = chromium() else { return };
    let page = sweep_page(&specimen::nearly_done(&[0])).unwrap();
    let script = r#"
        const table = document.querySelector("table.leaderboard");
        const headers = [...table.tHead.rows[0].cells];
        const column = headers.findIndex((header) => header.textContent === "parameters");
        const order = () => [...table.tBodies[0].rows].map((row) => Number(row.cells[column].dataset.value));
        const rising = (list) => list.every((value, index) => index === 0 || list[index - 1] <= value);
        const found = [rising(order()), headers[column].ariaSort];
        headers[column].querySelector("button").click();
        found.push(rising(order()), headers[column].ariaSort, headers[0].ariaSort);
        headers[column].querySelector("button").click();
        found.push(rising(order().reverse()), headers[column].ariaSort, order().length);
        document.title = found.join(" ");
    "#;
    let (document, messages) = opened(&chromium, &with_script(&page, script));
    assert_eq!(
        title(&document),
        "false  true ascending  true descending 66"
    );
    assert!(!messages.contains("CONSOLE"), "{messages}");
}

#[test]
fn pointing_at_a_row_lights_its_curves() {
    let Some(chromium) = chromium() else { return };
    let page = sweep_page(&specimen::nearly_done(&[0])).unwrap();
    let script = r#"
        const row = document.querySelector("tr[data-trial='7']");
        const lit = () => document.querySelectorAll(".plot .curve.lit[data-trial='7']").length;
        row.dispatchEvent(new PointerEvent("pointerenter"));
        const on = lit();
        row.dispatchEvent(new PointerEvent("pointerleave"));
        document.title = `${on} ${lit()}`;
    "#;
    let (document, messages) = opened(&chromium, &with_script(&page, script));
    assert_eq!(title(&document), "4 0");
    assert!(!messages.contains("CONSOLE"), "{messages}");
}

#[test]
fn the_pictures_of_a_check_are_seen_and_nothing_else_is_fetched() {
    let Some(chromium) = chromium() else { return };
    let script = r#"
        const pictures = [...document.querySelectorAll("img")];
        for (const picture of pictures) picture.loading = "eager";
        Promise.all(pictures.map((picture) => picture.decode())).then(() => {
            document.title = pictures.map((picture) => picture.naturalWidth).join(" ");
        });
    "#;
    let page = with_script(&check_page(&specimen::check()), script);
    let (document, messages) = opened(&chromium, &page);
    assert_eq!(title(&document), "1 1");
    assert!(!messages.contains("CONSOLE"), "{messages}");
    let (_, messages) = opened(
        &chromium,
        &page.replace("data:image/png", "file:///image/png"),
    );
    assert!(messages.contains("Content Security Policy"), "{messages}");
}

#[test]
fn the_policy_of_a_page_stops_requests() {
    let Some(chromium) = chromium() else { return };
    let page = sweep_page(&specimen::nearly_done(&[0])).unwrap();
    let script = r#"
        const image = new Image();
        image.src = "picture.png";
        document.body.append(image);
    "#;
    let (_, messages) = opened(&chromium, &with_script(&page, script));
    // This also shows that the tests above would see a message.
    assert!(messages.contains("CONSOLE"), "{messages}");
    assert!(messages.contains("Content Security Policy"), "{messages}");
}
