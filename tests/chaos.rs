//! Kill -9 at random moments: the grid is trained in the end, every trial once, to the same bits.
//!
//! `just chaos N` is the same test with N kills on the demo's trousers_gender.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::photographs::{Workplace, file_name, without_seconds};
use crate::tensorboard_pages::page;

/// Eight trials of half a second and more each.
const GRID: &str = r#"
task = "shapes_and_colours"

[hyperparameters]
kernel_size_1 = [3, 5]
kernel_size_2 = 3
kernel_num = [24, 32]
dense_size = [32, 64]
dropout_rate = 0.25
lambda = 1e-4

[train]
epochs = 40
batch_size = 4
patience = 40
keep = "all"
"#;

/// What is killed.
struct Prey {
    workplace: Workplace,
    arguments: Vec<&'static str>,
    dataset: &'static str,
    sweep: &'static str,
    trials: usize,
}

impl Prey {
    fn small() -> Prey {
        let workplace = Workplace::with_dataset();
        workplace.write("sweeps/grid.toml", GRID);
        Prey {
            workplace,
            arguments: vec!["sweep", "sweeps/grid.toml", "--checkpoint-every", "0.1"],
            dataset: "small",
            sweep: "grid",
            trials: 8,
        }
    }

    fn demo() -> Prey {
        let workplace = Workplace::new();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sweeps");
        for file in ["tasks.toml", "trousers_gender.toml"] {
            let text = fs::read_to_string(shipped.join(file)).unwrap();
            workplace.write(&format!("sweeps/{file}"), &text);
        }
        assert_eq!(workplace.fitroom(&["data", "demo"]).code, Some(0));
        Prey {
            workplace,
            arguments: vec![
                "sweep",
                "sweeps/trousers_gender.toml",
                "--checkpoint-every",
                "1",
                "--set",
                "keep=\"all\"",
            ],
            dataset: "demo",
            sweep: "trousers_gender",
            trials: 36,
        }
    }

    fn start(&self) -> Child {
        let mut command = self.workplace.command(&self.arguments);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        command.spawn().unwrap()
    }

    fn finish(&self) {
        let run = self.workplace.fitroom(&self.arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }

    fn folder(&self) -> std::path::PathBuf {
        let (dataset, sweep) = (self.dataset, self.sweep);
        self.workplace.path(&format!("runs/{dataset}/{sweep}"))
    }

    /// The folders of the trials.
    fn trial_folders(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(self.folder()).unwrap();
        let paths = folders.map(|folder| folder.unwrap().path());
        paths.filter(|path| path.is_dir()).collect()
    }

    /// Every file of every trial whose bytes depend on its id alone; curves without the seconds.
    fn results(&self) -> BTreeMap<(String, String), Vec<u8>> {
        let mut results = BTreeMap::new();
        for folder in self.trial_folders() {
            for name in ["model.safetensors", "predictions.npz", "metrics.csv"] {
                let mut bytes = fs::read(folder.join(name)).unwrap();
                if name == "metrics.csv" {
                    bytes = without_seconds(&bytes).join("\n").into_bytes();
                }
                results.insert((file_name(&folder), name.to_owned()), bytes);
            }
        }
        results
    }

    /// Exactly the grid's trials, each finished once, each with all of its files and nothing else.
    fn assert_whole(&self) {
        let attempts: Vec<(String, i64)> = self.workplace.query(
            "select trials.state, count(*) from trials join attempts on trial_key = trials.key
             where attempts.state = 'finished' group by trials.key",
        );
        assert_eq!(attempts.len(), self.trials);
        for attempt in attempts {
            assert_eq!(attempt, ("finished".to_owned(), 1));
        }
        let (unfinished,): (i64,) = self.workplace.query(
            "select count(*) from attempts where state not in ('finished', 'lost', 'interrupted')",
        )[0];
        assert_eq!(unfinished, 0);
        for folder in self.trial_folders() {
            assert_files(&folder);
        }
    }
}

/// The folder has the files that `result.toml` lists, with their hashes, and no other.
fn assert_files(folder: &Path) {
    let result: toml::Table =
        toml::from_str(&fs::read_to_string(folder.join("result.toml")).unwrap()).unwrap();
    let mut listed: Vec<String> = vec!["result.toml".to_owned()];
    for file in result["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let bytes = fs::read(folder.join(name)).unwrap();
        let hash = blake3::hash(&bytes).to_hex();
        assert_eq!(file["blake3"].as_str(), Some(hash.as_str()), "{name}");
        listed.push(name.to_owned());
    }
    let mut there: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| file_name(&entry.unwrap().path()))
        .collect();
    listed.sort_unstable();
    there.sort_unstable();
    assert_eq!(there, listed, "{}", folder.display());
}

/// Splitmix64 (Steele and others, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn a_grid_that_is_killed_again_and_again_ends_as_if_it_never_was() {
    let kills = env::var("FITROOM_CHAOS_KILLS").ok();
    let (prey, undisturbed, kills): (Prey, Prey, u32) = match &kills {
        None => (Prey::small(), Prey::small(), 8),
        Some(kills) => (Prey::demo(), Prey::demo(), kills.parse().unwrap()),
    };
    let begin = Instant::now();
    undisturbed.finish();
    let seconds = begin.elapsed().as_secs_f64();
    // So that the last kill comes near the end; a start takes half a second.
    let longest = 2.0 * seconds / f64::from(kills) + 1.0;

    let mut random = Random(u64::from(kills));
    let (begin, mut hit, mut pairs) = (Instant::now(), 0, 0);
    for _ in 0..kills {
        let mut processes = vec![prey.start()];
        if random.next().is_multiple_of(3) {
            processes.push(prey.start());
            pairs += 1;
        }
        sleep(Duration::from_secs_f64(longest * random.share()));
        for process in &mut processes {
            if process.try_wait().unwrap().is_none() {
                hit += 1;
            }
            // The group has the process's number, and is gone if that has ended.
            let group = format!("-{}", process.id());
            let mut kill = Command::new("kill");
            kill.args(["-KILL", "--", &group]).stderr(Stdio::null());
            kill.status().unwrap();
            process.wait().unwrap();
        }
        if prey.workplace.path("runs/fitroom.db").exists() {
            let sound: Vec<(String,)> = prey.workplace.query("pragma integrity_check");
            assert_eq!(sound, [("ok".to_owned(),)]);
        }
    }
    prey.finish();

    prey.assert_whole();
    assert!(prey.results() == undisturbed.results(), "results differ");
    for show in ["scalars", "histograms"] {
        let shown = |prey: &Prey| page(show, &prey.workplace.path("runs"));
        let Some(disturbed) = shown(&prey) else {
            break;
        };
        assert_eq!(disturbed.as_object().unwrap().len(), prey.trials);
        let same = Some(disturbed) == shown(&undisturbed);
        assert!(same, "TensorBoard shows other {show}");
    }
    let (lost,): (i64,) = prey
        .workplace
        .query("select count(*) from attempts where state = 'lost'")[0];
    println!(
        "{} trials: {hit} processes killed in {kills} rounds, {pairs} of them of two processes; {lost} \
         attempts lost; {} finished, none twice, all bits equal; {:.0} s, undisturbed {seconds:.0} s",
        prey.trials,
        prey.trials,
        begin.elapsed().as_secs_f64(),
    );
    assert!(hit > 0 && lost > 0, "no kill hit a trial in training");
}
