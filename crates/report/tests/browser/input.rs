//! Mouse and keyboard. The browser cannot tell these events from those of a person.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Page;

/// A place in CSS pixels from the upper left corner of the page, wherever it is scrolled to.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Where an element lies, in CSS pixels from the upper left corner of the page.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    /// The place at these shares of width and height: (0, 0) is the upper left corner, (1, 1) the lower right one.
    pub(crate) fn at(&self, x: f64, y: f64) -> Point {
        Point {
            x: self.left + x * self.width,
            y: self.top + y * self.height,
        }
    }

    pub(crate) fn centre(&self) -> Point {
        self.at(0.5, 0.5)
    }
}

/// In how many moves the mouse is dragged: a page that follows it must cope with more than the ends.
const MOVES: u32 = 8;

impl Page {
    /// Where the first element that the selector matches lies, after it is scrolled to the middle of the window.
    #[track_caller]
    pub(crate) fn area_of(&self, selector: &str) -> Area {
        let area: Option<Area> = self.evaluate(&with_element(
            selector,
            "element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
             const { left, top, width, height } = element.getBoundingClientRect();
             return { left: left + scrollX, top: top + scrollY, width, height };",
        ));
        match area {
            Some(area) if area.width > 0.0 || area.height > 0.0 => area,
            Some(_) => panic!("`{selector}` is not shown"),
            None => panic!("there is no `{selector}`"),
        }
    }

    /// Clicks the middle of the first element that the selector matches.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        let point = self.in_window(self.middle_of(selector));
        self.mouse("mouseMoved", point, false);
        self.mouse("mousePressed", point, true);
        self.mouse("mouseReleased", point, false);
    }

    /// Moves the mouse to the middle of the first element that the selector matches.
    #[track_caller]
    pub(crate) fn hover(&self, selector: &str) {
        self.hover_at(self.middle_of(selector));
    }

    /// Moves the mouse.
    #[track_caller]
    pub(crate) fn hover_at(&self, point: Point) {
        self.mouse("mouseMoved", self.in_window(point), false);
    }

    /// Moves the mouse to `from`, and to `to` with its button held down. Both are where they are when it begins: if the
    /// page moves meanwhile, the mouse does not follow.
    #[track_caller]
    pub(crate) fn drag(&self, from: Point, to: Point) {
        let (from, to) = (self.in_window(from), self.in_window(to));
        self.mouse("mouseMoved", from, false);
        self.mouse("mousePressed", from, true);
        for step in 1..=MOVES {
            let share = f64::from(step) / f64::from(MOVES);
            let point = Point {
                x: from.x + share * (to.x - from.x),
                y: from.y + share * (to.y - from.y),
            };
            self.mouse("mouseMoved", point, true);
        }
        self.mouse("mouseReleased", to, false);
    }

    /// Presses a key, where the focus is: `a`, `Enter`, `ArrowDown`, `Shift+Tab`.
    #[track_caller]
    pub(crate) fn press(&self, keys: &str) {
        // The plus itself may be the key.
        let (modifiers, key) = match keys.char_indices().rev().skip(1).find(|it| it.1 == '+') {
            Some((plus, _)) => (&keys[..plus], &keys[plus + 1..]),
            None => ("", keys),
        };
        let modifiers: Vec<(&str, u32)> = modifiers
            .split('+')
            .filter(|name| !name.is_empty())
            .map(modifier)
            .collect();
        let mut held = 0;
        for (name, bit) in &modifiers {
            held |= bit;
            self.key("rawKeyDown", name, held, None);
        }
        let types_text = held & !SHIFT == 0;
        let text = text_of(key).filter(|_| types_text);
        let down = if text.is_some() {
            "keyDown"
        } else {
            "rawKeyDown"
        };
        self.key(down, key, held, text);
        self.key("keyUp", key, held, None);
        for (name, bit) in modifiers.iter().rev() {
            held &= !bit;
            self.key("keyUp", name, held, None);
        }
    }

    /// Types letter by letter, where the focus is.
    #[track_caller]
    pub(crate) fn type_text(&self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\n' => self.press("Enter"),
                _ => self.press(letter.encode_utf8(&mut [0; 4])),
            }
        }
    }

    #[track_caller]
    fn middle_of(&self, selector: &str) -> Point {
        let middle = self.area_of(selector).centre();
        // What a person would point at there.
        let other: Option<String> = self.evaluate(&with_element(
            selector,
            &format!(
                "const hit = document.elementFromPoint({} - scrollX, {} - scrollY);
                 return hit && element.contains(hit) ? null
                     : hit ? hit.cloneNode().outerHTML : 'the edge of the window';",
                middle.x, middle.y
            ),
        ));
        if let Some(other) = other {
            panic!("the middle of `{selector}` lies behind {other}");
        }
        middle
    }

    /// The same place, from the upper left corner of the window.
    #[track_caller]
    fn in_window(&self, point: Point) -> Point {
        let Point { x, y } = point;
        let seen: Option<Point> = self.evaluate(&format!(
            "const [x, y] = [{x} - scrollX, {y} - scrollY];
             x >= 0 && x < innerWidth && y >= 0 && y < innerHeight ? {{ x, y }} : null",
        ));
        match seen {
            Some(seen) => seen,
            None => panic!("{point:?} lies outside the window"),
        }
    }

    /// Lets the mouse do something at a place in the window.
    #[track_caller]
    fn mouse(&self, kind: &str, point: Point, is_down: bool) {
        self.call(
            "Input.dispatchMouseEvent",
            json!({
                "type": kind, "x": point.x, "y": point.y,
                "button": if is_down || kind == "mouseReleased" { "left" } else { "none" },
                "buttons": u8::from(is_down),
                "clickCount": u8::from(kind != "mouseMoved"),
            }),
        );
    }

    #[track_caller]
    fn key(&self, kind: &str, key: &str, modifiers: u32, text: Option<&str>) {
        let (code, number) = position_of(key);
        let mut params = json!({
            "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number,
            "modifiers": modifiers,
        });
        if let Some(text) = text {
            params["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", params);
    }
}

/// A script whose value is that of a function's `body`, or null where no `element` matches the selector.
fn with_element(selector: &str, body: &str) -> String {
    let selector = Value::from(selector);
    format!(
        "((element) => {{ if (!element) return null; {body} }})(document.querySelector({selector}))"
    )
}

const SHIFT: u32 = 8;

/// The name of a key that is held down, and its bit in `modifiers`.
#[track_caller]
fn modifier(name: &str) -> (&str, u32) {
    let bit = match name {
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => SHIFT,
        _ => panic!("`{name}` is not a key to hold down"),
    };
    (name, bit)
}

/// What a key types.
fn text_of(key: &str) -> Option<&str> {
    match key {
        "Enter" => Some("\r"),
        _ if key.chars().count() == 1 => Some(key),
        _ => None,
    }
}

/// Where a key lies on the keyboard, and the number that Windows gave it, by which browsers tell what it does. Without
/// them, a key types its text and does nothing else.
#[track_caller]
fn position_of(key: &str) -> (String, u32) {
    let number = match key {
        "Backspace" => 8,
        "Tab" => 9,
        "Enter" => 13,
        "Shift" => 16,
        "Control" => 17,
        "Alt" => 18,
        "Escape" => 27,
        " " => return ("Space".to_owned(), 32),
        "PageUp" => 33,
        "PageDown" => 34,
        "End" => 35,
        "Home" => 36,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "Delete" => 46,
        "Meta" => 91,
        _ => {
            let mut letters = key.chars();
            return match (letters.next(), letters.next()) {
                (Some(letter @ '0'..='9'), None) => (format!("Digit{letter}"), letter.into()),
                (Some(letter), None) if letter.is_ascii_alphabetic() => {
                    let letter = letter.to_ascii_uppercase();
                    (format!("Key{letter}"), letter.into())
                }
                (Some(_), None) => (String::new(), 0),
                _ => panic!("there is no key `{key}`"),
            };
        }
    };
    let code = match key {
        "Shift" | "Control" | "Alt" | "Meta" => format!("{key}Left"),
        _ => key.to_owned(),
    };
    (code, number)
}
