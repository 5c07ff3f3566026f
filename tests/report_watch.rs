//! `fitroom report --watch`: pages follow the trials until Ctrl-C.

use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::photographs::{Workplace, interrupt};

/// Trials that never end by themselves.
const ENDLESS: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\n\
                       [train]\nepochs = 100000\npatience = 100000\n";

/// A process that watches, and what it says goes to the file `said`.
struct Watching<'a> {
    workplace: &'a Workplace,
    process: Child,
}

impl Watching<'_> {
    fn begin<'a>(workplace: &'a Workplace, arguments: &[&str]) -> Watching<'a> {
        let mut command = workplace.command(&[&["report", "--watch"], arguments].concat());
        let said = File::create(workplace.path("said")).unwrap();
        let process = command.stdout(Stdio::null()).stderr(said).spawn().unwrap();
        Watching { workplace, process }
    }

    fn said(&self) -> String {
        fs::read_to_string(self.workplace.path("said")).unwrap()
    }

    /// Waits until something is so.
    fn wait_until(&mut self, what: &str, is_so: impl Fn(&Workplace, &str) -> bool) {
        let start = Instant::now();
        while !is_so(self.workplace, &self.said()) {
            assert!(
                self.process.try_wait().unwrap().is_none(),
                "{}",
                self.said()
            );
            let elapsed = start.elapsed();
            assert!(
                elapsed < Duration::from_secs(60),
                "never {what}: {}",
                self.said()
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// Ctrl-C; the exit code.
    fn end(mut self) -> Option<i32> {
        let asked = Instant::now();
        interrupt(&self.process);
        let code = self.process.wait().unwrap().code();
        assert!(
            asked.elapsed() < Duration::from_secs(4),
            "took {:?}",
            asked.elapsed()
        );
        code
    }
}

fn page(workplace: &Workplace) -> String {
    fs::read_to_string(workplace.path("reports/small/endless.html")).unwrap_or_default()
}

#[test]
fn pages_follow_a_sweep_that_begins_later_until_ctrl_c() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/endless.toml", ENDLESS);
    let mut watching = Watching::begin(&workplace, &["endless"]);
    watching.wait_until("waiting", |_, said| {
        said.contains("waiting for trials in `runs`")
    });
    assert!(!workplace.path("runs").exists());

    let mut command = workplace.command(&["sweep", "sweeps/endless.toml", "--workers", "1"]);
    let mut sweep = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    watching.wait_until("a page", |workplace, _| page(workplace).contains("running"));
    let first = page(&workplace);
    watching.wait_until("another", |workplace, _| page(workplace) != first);
    let lines = |said: &str| said.matches("reports/small/endless.html").count();
    watching.wait_until("two lines", |_, said| lines(said) >= 2);
    sweep.kill().unwrap();
    sweep.wait().unwrap();

    // Once nothing happens any more, nothing is written.
    let mut last = page(&workplace);
    loop {
        sleep(Duration::from_secs(6));
        if page(&workplace) == last {
            break;
        }
        last = page(&workplace);
    }
    let said = lines(&watching.said());
    sleep(Duration::from_secs(6));
    assert_eq!(lines(&watching.said()), said);
    assert_eq!(watching.end(), Some(0));
}

#[test]
fn what_goes_wrong_is_said_once_and_tried_again() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/endless.toml", ENDLESS);
    let short = ["sweep", "sweeps/endless.toml", "--set", "epochs=2"];
    assert_eq!(workplace.fitroom(&short).code, Some(0));
    let unknown = workplace.fitroom(&["report", "--watch", "endles"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);

    // A file is where the folder of the reports should be.
    workplace.write("reports", "");
    let mut watching = Watching::begin(&workplace, &[]);
    watching.wait_until("an error", |_, said| {
        said.contains("error: failed to write")
    });
    sleep(Duration::from_secs(6));
    fs::remove_file(workplace.path("reports")).unwrap();
    watching.wait_until("a page", |_, said| {
        said.contains("watching; Ctrl-C ends it")
    });
    assert!(page(&workplace).contains("endless"));
    let said = watching.said();
    assert_eq!(said.matches("error: ").count(), 1, "{said}");

    // Another database in place of the first.
    fs::remove_dir_all(workplace.path("runs")).unwrap();
    let before = page(&workplace);
    assert_eq!(workplace.fitroom(&short).code, Some(0));
    watching.wait_until("another page", |workplace, _| page(workplace) != before);
    assert_eq!(watching.end(), Some(0));
}
