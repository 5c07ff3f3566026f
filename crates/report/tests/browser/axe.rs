//! What axe-core finds wrong with a page for people who cannot see or point well.

use std::fmt;
use std::fs;
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::json;

use super::Page;

/// The rules of axe-core, which `setup/test-requirements.txt` pins.
pub(crate) struct Axe {
    source: &'static str,
}

/// How much a violation hinders people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Impact {
    Minor,
    Moderate,
    Serious,
    Critical,
}

/// A rule that a page breaks.
#[derive(Debug, Deserialize)]
pub(crate) struct Violation {
    /// The rule's name in axe-core, such as `color-contrast`.
    pub(crate) rule: String,
    pub(crate) impact: Impact,
    /// What the rule asks for.
    pub(crate) help: String,
    /// Where it is broken.
    pub(crate) selectors: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            impact,
            help,
            selectors,
        } = self;
        write!(f, "{rule} ({impact:?}): {help}: {}", selectors.join(", "))
    }
}

impl Axe {
    /// `None`, with a line that says so, where no environment for the tests is set up.
    pub(crate) fn find() -> Option<Self> {
        static SOURCE: OnceLock<Option<String>> = OnceLock::new();
        let source = SOURCE.get_or_init(source).as_deref();
        if source.is_none() {
            eprintln!("SKIPPED: FITROOM_PYTHON names no Python with axe-playwright-python");
        }
        Some(Self { source: source? })
    }
}

/// The file is part of a Python package, of which nothing else is used.
fn source() -> Option<String> {
    let python = std::env::var_os("FITROOM_PYTHON")?;
    let script = "import importlib.util, pathlib; \
                  package = importlib.util.find_spec('axe_playwright_python'); \
                  print(pathlib.Path(package.origin).with_name('axe.min.js'))";
    let output = Command::new(python).args(["-c", script]).output().unwrap();
    assert!(
        output.status.success(),
        "FITROOM_PYTHON names a Python without axe-playwright-python: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let file = String::from_utf8(output.stdout).unwrap();
    Some(fs::read_to_string(file.trim_end()).unwrap())
}

impl Page {
    /// The rules that the page breaks as it is shown now. The page itself does not notice.
    #[track_caller]
    pub(crate) fn accessibility_violations(&self, axe: &Axe) -> Vec<Violation> {
        let frames = self.call("Page.getFrameTree", json!({}));
        let world = self.call(
            "Page.createIsolatedWorld",
            json!({ "frameId": frames["frameTree"]["frame"]["id"] }),
        );
        let context = Some(&world["executionContextId"]);
        self.evaluate_in::<()>(context, &format!("{}; undefined", axe.source));
        let script = "
            const { violations } = await axe.run(document, { resultTypes: ['violations'] });
            violations.map(({ id, impact, help, nodes }) => ({
                rule: id, impact, help,
                selectors: nodes.map((node) => node.target.flat(Infinity).join(' ')),
            }))";
        self.evaluate_in(context, script)
    }
}
