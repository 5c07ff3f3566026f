//! What a page is, says and asks for, and how it is shown.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::devtools::{Devtools, Event};

/// What the page is shown on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Medium {
    Screen,
    Print,
}

/// What the reader prefers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colours {
    Light,
    Dark,
}

/// An open page.
pub(crate) struct Page {
    devtools: RefCell<Devtools>,
    url: String,
}

impl Page {
    #[track_caller]
    pub(super) fn open(program: &str, html: &str) -> Self {
        let devtools = Devtools::start(program);
        let file = devtools.folder().join("page.html");
        fs::write(&file, html).unwrap();
        let page = Self {
            devtools: RefCell::new(devtools),
            url: format!("file://{}", file.display()),
        };
        for domain in ["Inspector", "Log", "Network", "Page", "Runtime"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        // Frames and workers that are processes of their own are at least announced.
        page.call(
            "Target.setAutoAttach",
            json!({ "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true }),
        );
        // As if its window were the one in front.
        page.call(
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        );
        page.resize(1280, 800);
        page.media(Medium::Screen, Colours::Light);
        let navigation = page.call("Page.navigate", json!({ "url": page.url }));
        if let Some(error) = navigation.get("errorText") {
            panic!("the page does not open: {error}");
        }
        page.devtools.borrow_mut().wait_for("loading", |event| {
            event.method == "Page.lifecycleEvent"
                && event.params["name"] == "load"
                && event.params["loaderId"] == navigation["loaderId"]
        });
        page
    }

    /// Where the page lies.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What this script ends with, as in the browser's console: statements may come first, `await` is allowed, and a
    /// promise is waited for. It sees what the page's scripts declare, but they do not see what it declares. The value
    /// must be one that JSON knows, or `undefined`, which is read as null.
    #[track_caller]
    pub(crate) fn evaluate<T: DeserializeOwned>(&self, script: &str) -> T {
        self.evaluate_in(None, script)
    }

    /// The same in the page's own world, or in a context that sees its document but not its scripts.
    #[track_caller]
    pub(super) fn evaluate_in<T: DeserializeOwned>(
        &self,
        context: Option<&Value>,
        script: &str,
    ) -> T {
        let mut params = json!({
            // As a block, it may use a name of its own for something else than the page does.
            "expression": format!("{{\n{script}\n}}"), "replMode": true, "awaitPromise": true, "userGesture": true,
        });
        if let Some(context) = context {
            params["contextId"] = context.clone();
        }
        let mut reply = self.call("Runtime.evaluate", params);
        assert_not_thrown(&reply, script);
        if let Some(object) = reply["result"].get("objectId") {
            // Only here is a promise waited for with which the script itself ends.
            let params = json!({
                "objectId": object, "functionDeclaration": "function () { return this; }",
                "awaitPromise": true, "returnByValue": true,
            });
            reply = self.call("Runtime.callFunctionOn", params);
            assert_not_thrown(&reply, script);
        }
        if let Some(value) = reply["result"].get("unserializableValue") {
            panic!("JSON has no {value}, which is the value of\n{script}");
        }
        let value = reply["result"]["value"].take();
        match serde_json::from_value(value.clone()) {
            Ok(value) => value,
            Err(error) => panic!("{error}: the value is {value} of\n{script}"),
        }
    }

    /// All that was written to the console until now, by the page and by Chromium about it, oldest first: messages
    /// (`warning: Text`), exceptions that nobody caught (`exception: Error: Text ...`), and refusals of the Content
    /// Security Policy (`security: Text`).
    #[track_caller]
    pub(crate) fn console(&self) -> Vec<String> {
        self.told(in_console)
    }

    /// The addresses of all that the page asked for until now, itself first, also where that was refused. Without data
    /// URLs. What a frame or worker asks for is left out if that runs in a process of its own, but not its own address.
    /// A connection that is only made in advance (`<link rel="preconnect">`) is not seen.
    #[track_caller]
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut requests = self.told(requested);
        requests.retain(|url| !url.starts_with("data:"));
        requests
    }

    #[track_caller]
    fn told<T>(&self, of_event: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        // The reply comes after all that the page has told before.
        self.evaluate::<()>("undefined");
        let devtools = self.devtools.borrow();
        devtools.events().iter().filter_map(of_event).collect()
    }

    /// Shows the page on another medium or in other colours (`prefers-color-scheme`).
    #[track_caller]
    pub(crate) fn media(&self, medium: Medium, colours: Colours) {
        let medium = match medium {
            Medium::Screen => "screen",
            Medium::Print => "print",
        };
        let colours = match colours {
            Colours::Light => "light",
            Colours::Dark => "dark",
        };
        let feature = json!({ "name": "prefers-color-scheme", "value": colours });
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "media": medium, "features": [feature] }),
        );
    }

    /// Gives the window another size, in CSS pixels.
    #[track_caller]
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// Writes a PNG picture of the whole page, also of what lies outside the window.
    #[track_caller]
    pub(crate) fn screenshot(&self, file: &Path) {
        let metrics = self.call("Page.getLayoutMetrics", json!({}));
        let mut clip = metrics["cssContentSize"].clone();
        clip["scale"] = json!(1);
        let picture = self.call(
            "Page.captureScreenshot",
            json!({ "format": "png", "captureBeyondViewport": true, "clip": clip }),
        );
        let picture = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        fs::write(file, picture).unwrap();
    }

    #[track_caller]
    pub(super) fn call(&self, method: &str, params: Value) -> Value {
        self.devtools.borrow_mut().call(method, params)
    }
}

#[track_caller]
fn assert_not_thrown(reply: &Value, script: &str) {
    if let Some(details) = reply.get("exceptionDetails") {
        panic!("{}, thrown by\n{script}", exception(details));
    }
}

/// An exception with its stack, or another value that was thrown.
fn exception(details: &Value) -> String {
    match details.get("exception") {
        Some(thrown) => shown(thrown),
        None => shown(&details["text"]),
    }
}

/// A value of the page as its console shows it.
fn shown(value: &Value) -> String {
    let shown = ["description", "value", "unserializableValue", "type"]
        .iter()
        .find_map(|key| value.get(key))
        .unwrap_or(value);
    match shown.as_str() {
        Some(text) => text.to_owned(),
        None => shown.to_string(),
    }
}

fn in_console(Event { method, params }: &Event) -> Option<String> {
    let (kind, text) = match method.as_str() {
        "Runtime.consoleAPICalled" => {
            let values = params["args"].as_array()?;
            let values: Vec<String> = values.iter().map(shown).collect();
            (shown(&params["type"]), values.join(" "))
        }
        "Runtime.exceptionThrown" => (
            "exception".to_owned(),
            exception(&params["exceptionDetails"]),
        ),
        "Log.entryAdded" => {
            let entry = &params["entry"];
            (shown(&entry["source"]), shown(&entry["text"]))
        }
        _ => return None,
    };
    Some(format!("{kind}: {text}"))
}

fn requested(Event { method, params }: &Event) -> Option<String> {
    let url = match method.as_str() {
        "Network.requestWillBeSent" => &params["request"]["url"],
        "Network.webSocketCreated" | "Network.webTransportCreated" => &params["url"],
        // Asked for although it may be refused before there is a request.
        "Page.frameRequestedNavigation" => &params["url"],
        "Target.attachedToTarget" => &params["targetInfo"]["url"],
        _ => return None,
    };
    // A frame is announced before it has an address.
    url.as_str()
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
}
