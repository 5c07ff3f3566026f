//! A small catalogue drawn for the tests, and a folder to work in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

use image::{Rgb, RgbImage};
use serde_json::Value;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

/// Tasks that the small catalogue can answer.
const TASKS: &str = r#"
[shapes]
predicts = ["shape"]

[shapes_and_colours]
predicts = ["shape", "colour"]

[dark_shapes]
where = { colour = "dark" }
predicts = ["shape"]
"#;

/// A folder with photographs, a tasks file and whatever a test adds.
pub(crate) struct Workplace {
    folder: TempDir,
}

/// What a call of the program printed, and how it ended.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workplace {
    /// An empty folder with the tasks file.
    pub(crate) fn new() -> Workplace {
        let folder = tempfile::tempdir().unwrap();
        let workplace = Workplace { folder };
        workplace.write("sweeps/tasks.toml", TASKS);
        workplace
    }

    /// A folder with the small catalogue imported as `data/small`.
    pub(crate) fn with_dataset() -> Workplace {
        let workplace = Workplace::new();
        workplace.draw_photographs("photographs");
        let import = workplace.fitroom(&IMPORT);
        assert_eq!(import.code, Some(0), "{}", import.stderr);
        workplace
    }

    /// Draws squares, discs and crosses on noise, bright and dark, and their labels.
    pub(crate) fn draw_photographs(&self, folder: &str) {
        let mut labels = String::from("path,shape,colour,split\n");
        for number in 0..150u32 {
            let (shape, dark) = (number % 3, number / 3 % 2 == 1);
            let path = format!("{number:03}.png");
            let file = self.path(&format!("{folder}/{path}"));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            draw(number, shape, dark).save(file).unwrap();
            let split = match number % 10 {
                0..7 => "train",
                7 | 8 => "validation",
                _ => "test",
            };
            let shape = ["cross", "disc", "square"][shape as usize];
            let colour = if dark { "dark" } else { "bright" };
            labels.push_str(&format!("{path},{shape},{colour},{split}\n"));
        }
        self.write(&format!("{folder}/labels.csv"), &labels);
    }

    /// Calls the program in this folder.
    pub(crate) fn fitroom(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Calls the program in this folder with so many kilobytes of address space.
    pub(crate) fn fitroom_within(&self, kilobytes: u32, arguments: &[&str]) -> Run {
        let program = assert_cmd::cargo::cargo_bin!("fitroom");
        let limited = format!("ulimit -v {kilobytes}; exec {} \"$@\"", program.display());
        let mut command = Command::new("bash");
        command
            .args(["-c", &limited, "fitroom"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("FITROOM_DATA");
        Run::of(command.output().unwrap())
    }

    /// The program, about to be called in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("fitroom"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("FITROOM_DATA");
        command
    }

    /// Writes a file, making its folder.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A path in this folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// What the database of `runs/` answers another program.
    pub(crate) fn query<T>(&self, query: &'static str) -> Vec<T>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(self.path("runs/fitroom.db"));
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let rows = sqlx::query_as(query)
                .fetch_all(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
            rows
        })
    }

    /// All trials, as `runs list --json` gives them.
    pub(crate) fn trials(&self) -> Vec<Value> {
        let list = self.fitroom(&["runs", "list", "--json"]);
        assert_eq!(list.code, Some(0), "{}", list.stderr);
        serde_json::from_str(&list.stdout).unwrap()
    }

    /// The folder of every trial, by name, under one sweep of the small catalogue.
    pub(crate) fn trial_folders(&self, sweep: &str) -> Vec<PathBuf> {
        let mut folders: Vec<PathBuf> = fs::read_dir(self.path(&format!("runs/small/{sweep}")))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            // Beside them lies what describes their sweep.
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
    }

    /// Name and bytes of each trial's file `name`.
    pub(crate) fn trial_files(&self, sweep: &str, name: &str) -> Vec<(String, Vec<u8>)> {
        self.trial_folders(sweep)
            .iter()
            .map(|folder| (file_name(folder), fs::read(folder.join(name)).unwrap()))
            .collect()
    }
}

/// The arguments that import the small catalogue.
pub(crate) const IMPORT: [&str; 9] = import_as("data/small");

/// The arguments that import the drawn photographs as the dataset in `folder`.
pub(crate) const fn import_as(folder: &str) -> [&str; 9] {
    [
        "data",
        "import",
        "photographs",
        "--labels",
        "labels.csv",
        "--size",
        "14x18",
        "--out",
        folder,
    ]
}

impl Run {
    pub(crate) fn of(output: Output) -> Run {
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// What Ctrl-C does to a process.
pub(crate) fn interrupt(process: &Child) {
    let number = process.id().to_string();
    let kill = Command::new("kill").args(["-INT", &number]).status();
    assert!(kill.unwrap().success());
}

/// The last part of a path.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// One photograph, 14 wide and 18 high: a shape somewhere on noise.
fn draw(number: u32, shape: u32, dark: bool) -> RgbImage {
    let (centre_x, centre_y) = (5 + number as i64 * 7 % 4, 6 + number as i64 * 5 % 6);
    let ink = if dark { 40 } else { 150 };
    RgbImage::from_fn(14, 18, |x, y| {
        let noise = (x * 73 + y * 151 + number * 37).wrapping_mul(2_654_435_761) >> 26;
        let (x, y) = (i64::from(x) - centre_x, i64::from(y) - centre_y);
        let inside = match shape {
            0 => (x.abs() <= 1 && y.abs() <= 4) || (y.abs() <= 1 && x.abs() <= 4),
            1 => x * x + y * y <= 16,
            _ => x.abs() <= 3 && y.abs() <= 3,
        };
        let value = if inside { ink } else { 190 } + noise as u8 / 2;
        Rgb([value, value, value.saturating_sub(number as u8 % 30)])
    })
}

/// The lines of `metrics.csv` without their last column, the only one that differs from run to run.
pub(crate) fn without_seconds(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_owned())
        .collect()
}
