//! What computes, and how many trials at a time.

use crate::photographs::Workplace;

/// Two trials of which each takes 1.7 GB: four times the weights of a large hidden layer.
const LARGE: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 512\n\
                     dense_size = 32768\n[train]\nepochs = 1\nseeds = [0, 1]\n";

#[test]
fn where_memory_is_short_fewer_trials_run_at_a_time() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/large.toml", LARGE);
    let run = workplace.fitroom_within(2_800_000, &["sweep", "sweeps/large.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = run
        .stderr
        .lines()
        .find(|line| line.starts_with("1 instead of "));
    assert!(
        said.is_some_and(|line| line.contains("GiB may be taken")),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.matches("1 instead of ").count(), 1);
    assert!(
        run.stderr.contains("2 trials; 1 at a time"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_gpu_that_is_not_there_is_refused() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/large.toml", LARGE);
    for (device, expected) in [
        ("cuda:99", "there is no such GPU"),
        ("gpu", "expected `auto`, `cpu`, or a GPU such as `cuda:0`"),
        ("cuda:", "expected `auto`, `cpu`, or a GPU such as `cuda:0`"),
    ] {
        let run = workplace.fitroom(&["sweep", "sweeps/large.toml", "--device", device]);
        assert_eq!(run.code, Some(2), "{device}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{device}: {}", run.stderr);
        assert!(!workplace.path("runs").exists(), "something was begun");
    }
}
