//! A page cannot fetch anything.

use fitroom_report::sweep_page;

use crate::browser::Browser;
use crate::specimen;

#[test]
fn the_policy_of_a_page_stops_requests() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    let outcomes: Vec<String> = page.evaluate(
        "const ended = (element) => new Promise((resolve) => {
             element.onload = () => resolve('came');
             element.onerror = () => resolve('refused');
             document.body.append(element);
         });
         const element = (name, properties) => Object.assign(document.createElement(name), properties);
         await Promise.all([
             ended(element('img', { src: 'picture.png' })),
             ended(element('script', { src: 'script.js' })),
             ended(element('link', { rel: 'stylesheet', href: 'style.css' })),
             fetch('http://example.org/').then(() => 'came', () => 'refused'),
         ])",
    );
    assert_eq!(outcomes, ["refused"; 4]);
    let console = page.console();
    for asked in ["picture.png", "script.js", "style.css", "example.org"] {
        assert!(
            console.iter().any(|message| message.contains(asked)
                && message.starts_with("security: ")
                && message.contains("Content Security Policy")),
            "{asked}: {console:?}"
        );
    }
}
