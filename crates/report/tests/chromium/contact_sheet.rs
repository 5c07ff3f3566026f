//! Labels are corrected on a contact sheet, and saved.

mod invented;

use serde_json::Value;

use crate::browser::{Axe, Browser, Colours, Impact, Medium, Page};
use invented::{PATHS, TYPES, sheet};

/// Opens the sheet of [`PATHS`]. What it saves is kept, and no file is written.
fn opened(browser: &Browser) -> Page {
    let page = browser.open(&sheet(&PATHS.map(str::to_owned)));
    page.evaluate::<()>(
        "globalThis.blobs = [];
         globalThis.names = [];
         URL.createObjectURL = (blob) => { blobs.push(blob); return '#'; };
         HTMLAnchorElement.prototype.click = function () { names.push(this.download); };
         undefined",
    );
    page
}

/// Chooses a label as a person does: on the photograph at this place, from 1, in one of its fields, from 1.
#[track_caller]
fn choose(page: &Page, photograph: usize, field: usize, label: &str) {
    let found: bool = page.evaluate(&format!(
        "const select = [...document.querySelectorAll('.sheet > li')][{photograph} - 1]
             .querySelectorAll('select')[{field} - 1];
         select.focus();
         select.value = {};
         select.dispatchEvent(new Event('input', {{ bubbles: true }}));
         select.dispatchEvent(new Event('change', {{ bubbles: true }}));
         select.selectedIndex >= 0",
        Value::from(label)
    ));
    assert!(found, "{label}");
}

fn box_of(photograph: usize) -> String {
    format!(".sheet > li:nth-child({photograph}) input")
}

fn progress(page: &Page) -> String {
    page.evaluate("document.getElementById('sheet-progress').value")
}

fn checked(page: &Page) -> Vec<bool> {
    page.evaluate("[...document.querySelectorAll('.sheet input')].map((box) => box.checked)")
}

/// Whether leaving the page asks first.
fn warns(page: &Page) -> bool {
    let [warns, says]: [bool; 2] = page.evaluate(
        "[!dispatchEvent(new Event('beforeunload', { cancelable: true })),
          document.getElementById('sheet-unsaved').checkVisibility()]",
    );
    assert_eq!(warns, says);
    warns
}

/// The file that was saved last.
fn saved(page: &Page) -> String {
    page.evaluate("blobs.at(-1).text()")
}

#[test]
fn a_correction_checks_its_photograph_and_is_counted() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    assert_eq!(progress(&page), "0 of 6 checked · 0 corrected");
    choose(&page, 2, 1, "female");
    assert_eq!(progress(&page), "1 of 6 checked · 1 corrected");
    page.click(&box_of(1));
    assert_eq!(progress(&page), "2 of 6 checked · 1 corrected");
    choose(&page, 2, 1, "");
    assert_eq!(progress(&page), "2 of 6 checked · 0 corrected");
    page.click(&box_of(1));
    page.click(".sheet > li:nth-child(3) img");
    assert_eq!(progress(&page), "2 of 6 checked · 0 corrected");
    assert_eq!(checked(&page), [false, true, true, false, false, false]);
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}

#[test]
fn the_keyboard_suffices() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    page.evaluate::<()>("document.querySelector('.sheet select').focus()");
    page.press("f");
    page.press("Tab");
    page.press("Tab");
    page.press("Tab");
    page.press("Tab");
    page.press("Tab");
    page.press(" ");
    assert_eq!(progress(&page), "2 of 6 checked · 1 corrected");
    assert_eq!(checked(&page), [true, true, false, false, false, false]);
    let first: String = page.evaluate("document.querySelector('.sheet select').value");
    assert_eq!(first, "female");
}

#[test]
fn the_saved_file_holds_what_was_checked_to_the_letter() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    for (photograph, label) in (2..).zip(&TYPES[1..]) {
        choose(&page, photograph, 2, label);
    }
    choose(&page, 1, 2, "");
    page.click(&box_of(5));
    page.click(&box_of(6));
    page.click("#sheet-save");
    let names: Vec<String> = page.evaluate("names");
    assert_eq!(names, ["corrections.csv"]);
    let text = saved(&page);
    assert_eq!(
        text,
        "path,gender,type\r\n\
         a.jpg,male,\r\n\
         \"shoes, \"\"new\"\"/b.jpg\",,\"ankle, \"\"high\"\"\"\r\n\
         \"two\nlines.jpg\",,sandals  with  gaps\r\n\
         \"carriage\rreturn\r\nfeed.jpg\",,ブーツ\r\n\
         größe/靴 👢.jpg,,boots\r\n\
         <b>&amp;  c</b>'.jpg,,boots\r\n"
    );
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<[String; 3]> = reader.deserialize().map(Result::unwrap).collect();
    let expected = [
        ["male", ""],
        ["", TYPES[1]],
        ["", TYPES[2]],
        ["", TYPES[3]],
        ["", TYPES[0]],
        ["", TYPES[0]],
    ];
    for ((row, path), [gender, kind]) in rows.iter().zip(PATHS).zip(expected) {
        assert_eq!(row, &[path, gender, kind]);
    }
    assert_eq!(rows.len(), PATHS.len());

    page.click(&box_of(2));
    page.click(&box_of(3));
    page.click("#sheet-save");
    assert_eq!(saved(&page).matches("\r\n").count(), 1 + 4 + 1);
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}

#[test]
fn leaving_warns_until_all_is_saved() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    let is_savable =
        || -> bool { page.evaluate("!document.getElementById('sheet-save').disabled") };
    assert!(!warns(&page) && !is_savable());
    page.click(&box_of(1));
    assert!(warns(&page) && is_savable());
    page.click("#sheet-save");
    assert!(!warns(&page) && is_savable());
    choose(&page, 1, 1, "female");
    assert!(warns(&page));
    choose(&page, 1, 1, "male");
    assert!(!warns(&page));
    choose(&page, 2, 1, "male");
    page.click("#sheet-save");
    assert!(!warns(&page));
}

#[test]
fn only_those_to_review_are_shown_on_demand_and_checked_together() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    let shown = || -> usize {
        page.evaluate(
            "[...document.querySelectorAll('.sheet > li')].filter((card) => card.checkVisibility()).length",
        )
    };
    let button = || -> (String, bool) {
        page.evaluate(
            "const button = document.getElementById('sheet-check');
             [button.textContent, button.disabled]",
        )
    };
    assert_eq!(shown(), 6);
    assert_eq!(button(), ("Mark all 6 shown as checked".to_owned(), false));
    page.click("#sheet-review");
    assert_eq!(shown(), 3);
    page.click(&box_of(1));
    page.click("#sheet-check");
    assert_eq!(button(), ("Mark all 3 shown as checked".to_owned(), true));
    choose(&page, 2, 1, "female");
    page.click("#sheet-review");
    assert_eq!(shown(), 6);
    assert_eq!(checked(&page), [true, true, true, false, false, false]);

    // What somebody has looked at since then, or before, stays checked.
    page.click("#sheet-undo");
    assert_eq!(checked(&page), [true, true, false, false, false, false]);
    let focused: String = page.evaluate("document.activeElement.id");
    assert_eq!(focused, "sheet-check");
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn every_control_has_a_name_of_its_own() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    let mut names: Vec<String> = page.evaluate(
        "[...document.querySelectorAll('.sheet :is(select, input)')].map((it) => it.ariaLabel)",
    );
    assert!(names.contains(&"gender of a.jpg".to_owned()));
    assert!(names.contains(&"checked: a.jpg".to_owned()));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 3 * PATHS.len());
}

#[test]
fn a_contact_sheet_is_accessible() {
    let (Some(browser), Some(axe)) = (Browser::find(), Axe::find()) else {
        return;
    };
    let page = opened(&browser);
    choose(&page, 1, 1, "female");
    page.click("#sheet-check");
    page.click(&box_of(6));
    for colours in [Colours::Light, Colours::Dark] {
        page.media(Medium::Screen, colours);
        for width in [1280, 360] {
            page.resize(width, 800);
            let serious: Vec<String> = page
                .accessibility_violations(&axe)
                .iter()
                .filter(|violation| violation.impact >= Impact::Serious)
                .map(|violation| format!("{violation}\n"))
                .collect();
            assert!(
                serious.is_empty(),
                "{colours:?} {width}:\n{}",
                serious.concat()
            );
        }
    }
}

#[test]
fn nothing_is_wider_than_a_telephone() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    page.resize(360, 740);
    let width: u32 = page.evaluate("document.documentElement.scrollWidth");
    assert_eq!(width, 360);
}

#[test]
fn a_thousand_photographs_are_checked_and_saved() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let paths: Vec<String> = (0..1000).map(|number| format!("{number}.jpg")).collect();
    let page = browser.open(&sheet(&paths));
    page.evaluate::<()>(
        "globalThis.blobs = [];
         URL.createObjectURL = (blob) => { blobs.push(blob); return '#'; };
         HTMLAnchorElement.prototype.click = () => {};
         undefined",
    );
    // The last picture comes when somebody gets there.
    let width: u32 = page.evaluate(
        "const picture = document.querySelector('.sheet > li:last-child img');
         picture.scrollIntoView();
         await picture.decode();
         picture.naturalWidth",
    );
    assert_eq!(width, 60);
    // Not with the mouse: the cards above get their height only now, and the page moves.
    page.evaluate::<()>(
        "for (const part of ['check', 'save']) document.getElementById(`sheet-${part}`).click()",
    );
    assert_eq!(progress(&page), "1000 of 1000 checked · 0 corrected");
    assert_eq!(saved(&page).lines().count(), 1001);
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}
