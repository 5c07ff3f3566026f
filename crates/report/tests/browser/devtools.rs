//! One Chromium, and the DevTools protocol over two pipes to it.
//!
//! With `--remote-debugging-pipe`, Chromium reads calls from file descriptor 3 and writes replies and events to 4, each
//! a JSON object that ends with a zero byte. There is no port that could be taken, and nobody else can connect. When
//! the pipes close, Chromium ends, so none is left behind even if the test is killed.
//!
//! No library does this here: `headless_chrome` and `chromiumoxide` take longer to compile than this crate with all it
//! needs, bring some thirty crates each, and the simpler one, `headless_chrome`, silently leaves out events that its
//! types do not know, while these tests assert that there was none. Of the protocol, they need two dozen calls.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

/// How long Chromium may take for one thing. It starts within a second, but a busy machine needs many times that.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it may take to end before it is killed.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(10);

const FLAGS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // The page has the whole width, as in print and on phones.
    "--hide-scrollbars",
    // Containers have little shared memory.
    "--disable-dev-shm-usage",
    // No name has an address, nor has an address: nothing can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    // The page is opened through the protocol, which then sees all of it.
    "--no-startup-window",
    "--remote-debugging-pipe",
    "--enable-logging=stderr",
];

/// What Chromium reported without being asked.
pub(super) struct Event {
    pub(super) method: String,
    pub(super) params: Value,
}

/// A running Chromium with one page. Ends it when dropped.
pub(super) struct Devtools {
    chromium: Child,
    calls: ChildStdin,
    messages: Receiver<Value>,
    /// Oldest first.
    events: Vec<Event>,
    /// The number of the last call; the reply has it too.
    last_call: u64,
    /// Names the page in calls; `None` only until there is one.
    session: Option<String>,
    /// Profile and messages of Chromium, and the page.
    folder: TempDir,
}

impl Devtools {
    /// Starts Chromium with an empty page.
    #[track_caller]
    pub(super) fn start(program: &str) -> Self {
        let folder = tempdir().unwrap();
        let mut chromium = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >&2"#, program])
            .args(FLAGS)
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let calls = chromium.stdin.take().unwrap();
        let messages = read(chromium.stdout.take().unwrap());
        let mut devtools = Self {
            chromium,
            calls,
            messages,
            events: Vec::new(),
            last_call: 0,
            session: None,
            folder,
        };
        let target = devtools.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = devtools.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        devtools.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        // Until here they were about this connection.
        devtools.events.clear();
        devtools
    }

    /// A folder that lasts as long as this Chromium.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All events until now, oldest first.
    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// Calls a method and returns its result.
    #[track_caller]
    pub(super) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_call += 1;
        let number = self.last_call;
        let mut call = json!({ "id": number, "method": method, "params": params });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&call).unwrap();
        bytes.push(0);
        if self.calls.write_all(&bytes).is_err() {
            panic!("Chromium ended before `{method}`\n{}", self.said());
        }
        let deadline = Instant::now() + PATIENCE;
        let mut reply = loop {
            match self.receive(deadline, method) {
                Some(reply) if reply["id"] == number => break reply,
                _ => {}
            }
        };
        if let Some(error) = reply.get("error") {
            panic!("`{method}` failed: {error}");
        }
        reply["result"].take()
    }

    /// Waits until there is such an event, before now or later.
    #[track_caller]
    pub(super) fn wait_for(&mut self, what: &str, is_it: impl Fn(&Event) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = 0;
        while !self.events[seen..].iter().any(&is_it) {
            seen = self.events.len();
            self.receive(deadline, what);
        }
    }

    /// The next message, if it is a reply; an event is kept.
    #[track_caller]
    fn receive(&mut self, deadline: Instant, what: &str) -> Option<Value> {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut message = match self.messages.recv_timeout(left) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => {
                panic!("no end of `{what}` within {PATIENCE:?}\n{}", self.said())
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!("Chromium ended during `{what}`\n{}", self.said())
            }
        };
        let Some(method) = message["method"].as_str() else {
            return Some(message);
        };
        match method {
            "Inspector.targetCrashed" => panic!("the page crashed\n{}", self.said()),
            // Everything would wait for an answer.
            "Page.javascriptDialogOpening" => {
                panic!("the page opened a dialog: {}", message["params"]["message"])
            }
            _ => {}
        }
        self.events.push(Event {
            method: method.to_owned(),
            params: message["params"].take(),
        });
        None
    }

    /// What Chromium wrote to standard error.
    fn said(&self) -> String {
        let said = fs::read(self.folder.path().join("stderr")).unwrap_or_default();
        String::from_utf8_lossy(&said).into_owned()
    }
}

impl Drop for Devtools {
    fn drop(&mut self) {
        self.calls
            .write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0")
            .ok();
        let deadline = Instant::now() + PATIENCE_AT_THE_END;
        while self
            .messages
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            .is_ok()
        {}
        self.chromium.kill().ok();
        self.chromium.wait().ok();
    }
}

/// The messages of Chromium until it ends, read by a thread of their own because reading a pipe has no time-out.
fn read(replies: ChildStdout) -> Receiver<Value> {
    let (sender, messages) = channel();
    std::thread::spawn(move || {
        let mut replies = BufReader::new(replies);
        let mut message = Vec::new();
        while replies
            .read_until(0, &mut message)
            .is_ok_and(|length| length > 0)
        {
            message.pop();
            let Ok(value) = serde_json::from_slice(&message) else {
                break;
            };
            if sender.send(value).is_err() {
                break;
            }
            message.clear();
        }
    });
    messages
}
