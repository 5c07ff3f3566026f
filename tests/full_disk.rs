//! A sweep on a disk that is full, or cannot be written to: a clear message, and the same command goes on when
//! there is room.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::photographs::{Workplace, file_name};
use crate::small_disk::on_a_small_disk;

const GRID: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [8, 16]\n\
                    dense_size = [32, 64]\n[train]\nepochs = 3\nkeep = \"all\"\n";

fn workplace() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    workplace
}

/// Weights and predictions of every trial in this folder of a sweep.
fn results(folder: &Path) -> BTreeMap<String, [Vec<u8>; 2]> {
    let folders = fs::read_dir(folder).unwrap();
    let folders = folders.map(|folder| folder.unwrap().path());
    let folders = folders.filter(|path| path.is_dir());
    let files = ["model.safetensors", "predictions.npz"];
    folders
        .map(|folder| {
            let contents = files.map(|file| fs::read(folder.join(file)).unwrap());
            (file_name(&folder), contents)
        })
        .collect()
}

/// Says `half` for each file that a trial with a result lacks.
const HALF_WRITTEN: &str = "find small/runs -name result.toml | while read file; do \
    for name in model.safetensors predictions.npz metrics.csv; do \
    [ -f $(dirname $file)/$name ] || echo half; done; done";

#[test]
fn a_sweep_on_a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let sweep =
        "$fitroom sweep sweeps/grid.toml --runs small/runs --checkpoint-every 0 > /dev/null";
    let undisturbed = workplace();
    let script = format!("{sweep}; df --output=used small | tail -1; cp -r small/runs copied");
    let Some(run) = on_a_small_disk(&undisturbed, "64m", &script) else {
        return;
    };
    let needed: f64 = run.stdout.lines().last().unwrap().trim().parse().unwrap();
    let expected = results(&undisturbed.path("copied/small/grid"));
    // So that it fills up at different moments.
    for share in [0.1, 0.3, 0.5, 0.7, 0.9] {
        let workplace = workplace();
        let script = format!(
            "{sweep}; echo ended $?; {HALF_WRITTEN}; echo again >&2
             mount -o remount,size=64m small && {sweep}; echo ended $?; cp -r small/runs copied"
        );
        let size = format!("{:.0}k", share * needed);
        let run = on_a_small_disk(&workplace, &size, &script).unwrap();
        let expected_ends = "mounted\nended 1\nended 0\n";
        assert_eq!(run.stdout, expected_ends, "{share}: {}", run.stderr);
        let said = run.stderr.split("again\n").next().unwrap();
        let full = |line: &&str| line.contains("No space left") || line.contains("full");
        let error = said
            .lines()
            .skip_while(|line| !line.starts_with("error"))
            .find(full);
        assert!(error.is_some(), "{share}: {said}");
        let copied = results(&workplace.path("copied/small/grid"));
        assert!(copied == expected, "{share}: results differ");
    }
}

#[test]
fn a_sweep_in_a_folder_that_cannot_be_written_to_says_so_and_goes_on_later() {
    let workplace = workplace();
    let sweep = "$fitroom sweep sweeps/grid.toml --runs small/runs > /dev/null";
    let script = format!(
        "{sweep} --set kernel_num=8; echo ended $?
         mount -o remount,ro small; {sweep} 2> said; echo ended $?
         mount -o remount,rw small; {sweep}; echo ended $?; cp -r small/runs copied"
    );
    let Some(run) = on_a_small_disk(&workplace, "64m", &script) else {
        return;
    };
    assert_eq!(
        run.stdout, "mounted\nended 0\nended 1\nended 0\n",
        "{}",
        run.stderr
    );
    let said = fs::read_to_string(workplace.path("said")).unwrap();
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    assert_eq!(errors.len(), 1, "{said}");
    assert!(errors[0].contains("small/runs"), "{said}");
    assert_eq!(results(&workplace.path("copied/small/grid")).len(), 4);
}
