//! The driver that all these tests rely on does and sees what it says.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::browser::{Axe, Browser, Colours, Impact, Medium, Point};

#[track_caller]
fn failure(action: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(action)).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[test]
fn a_script_may_await_and_ends_with_a_value() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open("<title>Hello</title>");
    let later = "new Promise((resolve) => setTimeout(() => resolve([document.title, 2]), 50))";
    for script in [
        later.to_owned(),
        format!("const it = await {later}; it"),
        format!("(async () => await {later})()"),
    ] {
        assert_eq!(page.evaluate::<Value>(&script), json!(["Hello", 2]));
    }
    assert_eq!(page.evaluate::<Option<u8>>("undefined"), None);
    assert_eq!(page.console(), [""; 0]);
    for (script, said) in [
        ("throw new RangeError('far')", "RangeError: far"),
        ("Promise.reject(new RangeError('late'))", "RangeError: late"),
        ("nowhere", "ReferenceError: nowhere is not defined"),
        ("1 +", "SyntaxError"),
        ("'a text'", "invalid type"),
        ("1 / 0", "JSON has no \"Infinity\""),
    ] {
        let failure = failure(|| _ = page.evaluate::<u32>(script));
        assert!(failure.contains(said), "{script}: {failure}");
    }
}

#[test]
fn all_that_a_page_says_is_seen() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(
        r#"<meta http-equiv="Content-Security-Policy" content="img-src 'none'">
        <script>console.warn("Beware", 3, [4])</script>
        <script>throw new Error("of the page")</script>
        <script>Promise.reject("nothing")</script>
        <img src="picture.png">"#,
    );
    page.evaluate::<()>("console.log('at last')");
    let mut console = page.console();
    let security = console
        .iter()
        .position(|message| message.starts_with("security: Loading the image"))
        .unwrap();
    console.remove(security);
    let first_lines: Vec<&str> = console
        .iter()
        .filter_map(|message| message.lines().next())
        .collect();
    assert_eq!(
        first_lines,
        [
            "warning: Beware 3 Array(1)",
            "exception: Error: of the page",
            "exception: nothing",
            "log: at last"
        ]
    );
}

#[test]
fn all_that_a_page_asks_for_is_seen_and_nothing_is_reached() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(
        r#"<img src="http://image.example/a.png">
        <img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
        <link rel="stylesheet" href="style.css">
        <iframe src="http://frame.example/"></iframe>"#,
    );
    let reached: bool = page.evaluate(
        "new WebSocket('ws://socket.example/');
         navigator.sendBeacon('http://beacon.example/', 'text');
         new Worker(URL.createObjectURL(new Blob(['0'])));
         const reached = (address) => fetch(address).then(() => true, () => false);
         await reached('http://fetch.example/') || await reached('http://127.0.0.1:9/')",
    );
    assert!(!reached);
    let mut requests = page.requests();
    assert_eq!(requests[0], page.url());
    requests.sort();
    requests.dedup();
    let style = page.url().replace("page.html", "style.css");
    let blob = requests[0].clone();
    assert!(blob.starts_with("blob:"), "{blob}");
    assert_eq!(
        requests,
        [
            &blob,
            page.url(),
            &style,
            "http://127.0.0.1:9/",
            "http://beacon.example/",
            "http://fetch.example/",
            "http://frame.example/",
            "http://image.example/a.png",
            "ws://socket.example/",
        ]
    );
}

#[test]
fn mouse_and_keyboard_are_as_those_of_a_person() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(
        r#"<!DOCTYPE html>
        <body style="margin: 0; height: 5000px">
        <input id="first" style="position: absolute; top: 3000px">
        <button id="second" style="position: absolute; top: 3100px">Press</button>
        <p id="hidden" hidden>Hidden</p>
        <div style="position: absolute; width: 99px; height: 99px"><i id="behind">Text</i></div>
        <div id="cover" style="position: absolute; width: 99px; height: 99px"></div>
        <script>
        const heard = [];
        const kinds = ["pointerdown", "pointermove", "pointerup", "click", "keydown", "input"];
        for (const kind of kinds) addEventListener(kind, (event) => {
            const what = event.key ?? event.data ?? `${event.pageX},${event.pageY},${event.buttons}`;
            heard.push(`${kind} ${event.isTrusted ? "" : "not trusted "}${what}`);
        });
        </script>"#,
    );
    let heard = || -> Vec<String> { page.evaluate("heard.splice(0)") };
    let focus = || -> String { page.evaluate("document.activeElement.id") };

    page.click("#first");
    assert_eq!(focus(), "first");
    heard();
    page.type_text("a+");
    assert_eq!(
        heard(),
        ["keydown a", "input a", "keydown +", "input +"].map(str::to_owned)
    );
    for keys in ["ArrowLeft", "Delete", "Shift+B", "Control+a", "Control++"] {
        page.press(keys);
    }
    assert_eq!(page.evaluate::<String>("first.value"), "aB");
    assert_eq!(
        page.evaluate::<[u32; 2]>("[first.selectionStart, first.selectionEnd]"),
        [0, 2]
    );
    page.press("Tab");
    assert_eq!(focus(), "second");
    assert!(page.evaluate::<bool>("second.matches(':focus-visible')"));
    heard();
    page.press("Enter");
    page.press(" ");
    let clicks = heard().iter().filter(|it| it.starts_with("click")).count();
    assert_eq!(clicks, 2);
    page.press("Shift+Tab");
    assert_eq!(focus(), "first");

    page.hover("#second");
    assert!(page.evaluate::<bool>("second.matches(':hover')"));
    let button = page.area_of("#second");
    page.hover_at(button.at(0.5, 1.5));
    assert!(!page.evaluate::<bool>("second.matches(':hover')"));

    page.evaluate::<()>("scrollTo(0, 2000)");
    heard();
    page.drag(Point { x: 10.0, y: 2100.0 }, Point { x: 90.0, y: 2020.0 });
    let drag = heard();
    assert_eq!(
        drag[..2],
        ["pointermove 10,2100,0", "pointerdown 10,2100,1"]
    );
    assert_eq!(drag[2], "pointermove 20,2090,1");
    assert_eq!(
        drag[drag.len() - 3..],
        [
            "pointermove 90,2020,1",
            "pointerup 90,2020,0",
            "click 90,2020,0"
        ]
    );

    // A page that moves under the mouse.
    page.evaluate::<()>(
        "addEventListener('pointermove', () => scrollBy({ top: 50, behavior: 'instant' }))",
    );
    page.drag(Point { x: 10.0, y: 2100.0 }, Point { x: 90.0, y: 2020.0 });
    assert_eq!(page.evaluate::<f64>("scrollY"), 2450.0);
    assert_eq!(heard().last().unwrap(), "click 90,2470,0");

    for (selector, said) in [
        ("#none", "there is no `#none`"),
        ("#hidden", "`#hidden` is not shown"),
        (
            "#behind",
            "the middle of `#behind` lies behind <div id=\"cover\"",
        ),
    ] {
        let failure = failure(|| page.click(selector));
        assert!(failure.contains(said), "{failure}");
    }
    let failure = failure(|| page.hover_at(Point { x: 10.0, y: 4900.0 }));
    assert!(failure.contains("outside the window"), "{failure}");
}

#[test]
fn a_page_is_shown_as_asked_for_and_photographed_whole() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(
        "<style>
            body { margin: 0; height: 2000px; background: rgb(255, 0, 0); }
            @media (prefers-color-scheme: dark) { body { background: rgb(0, 255, 0); } }
            @media print { body { background: rgb(0, 0, 255); } }
        </style>",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    for (medium, colours, colour) in [
        (Medium::Screen, Colours::Light, [255, 0, 0]),
        (Medium::Screen, Colours::Dark, [0, 255, 0]),
        (Medium::Print, Colours::Dark, [0, 0, 255]),
        (Medium::Screen, Colours::Light, [255, 0, 0]),
    ] {
        page.media(medium, colours);
        page.screenshot(&file);
        let picture = image::open(&file).unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), (1280, 2000));
        assert!(picture.pixels().all(|pixel| pixel.0 == colour));
    }
    page.resize(400, 300);
    assert_eq!(
        page.evaluate::<[u32; 2]>("[innerWidth, innerHeight]"),
        [400, 300]
    );
    page.screenshot(&file);
    assert_eq!(image::image_dimensions(&file).unwrap(), (400, 2000));
}

#[test]
fn violations_are_found_in_spite_of_the_policy_and_the_page_does_not_notice() {
    let (Some(browser), Some(axe)) = (Browser::find(), Axe::find()) else {
        return;
    };
    let page = browser.open(
        r#"<!DOCTYPE html><html lang="en"><title>Title</title>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <style>
            p { color: black; background: white; }
            @media (prefers-color-scheme: dark) { p { color: #ccc } }
        </style>
        <main><h1>Title</h1><p>Text</p><input></main>"#,
    );
    let broken = || -> Vec<(String, Impact, Vec<String>)> {
        let violations = page.accessibility_violations(&axe);
        violations
            .into_iter()
            .map(|it| (it.rule, it.impact, it.selectors))
            .collect()
    };
    let unnamed = || {
        let input = vec!["input".to_owned()];
        ("label".to_owned(), Impact::Critical, input)
    };
    let pale = || {
        let paragraph = vec!["p".to_owned()];
        ("color-contrast".to_owned(), Impact::Serious, paragraph)
    };
    assert_eq!(broken(), [unnamed()]);
    page.media(Medium::Screen, Colours::Dark);
    assert_eq!(broken(), [pale(), unnamed()]);
    assert!(page.evaluate::<bool>("window.axe === undefined"));
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}
