use std::path::Path;

use proptest::prelude::*;

use super::*;

/// The shortest sweep file.
const SMALL: &str = "task = \"primary\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 32\n";

fn parse(text: &str) -> Result<SweepFile, SweepFileError> {
    SweepFile::parse(text, Path::new("x.toml"), &[])
}

fn parse_with(text: &str, arguments: &[&str]) -> Result<SweepFile, SweepFileError> {
    let overrides: Vec<Override> = arguments
        .iter()
        .map(|argument| argument.parse().unwrap())
        .collect();
    SweepFile::parse(text, Path::new("x.toml"), &overrides)
}

/// (kernel_size_1, kernel_size_2, kernel_num) of every configuration.
fn kernels(sweep: &SweepFile) -> Vec<(u32, u32, u32)> {
    sweep
        .grid
        .configurations()
        .iter()
        .map(|one| (one.kernel_size_1, one.kernel_size_2, one.kernel_num))
        .collect()
}

#[test]
fn what_a_file_does_not_say_has_its_default() {
    let sweep = parse(SMALL).unwrap();
    assert_eq!((sweep.name.as_str(), sweep.task.as_str()), ("x", "primary"));
    let [one] = sweep.grid.configurations() else {
        panic!("one configuration, not {:?}", sweep.grid);
    };
    assert_eq!(one.short_name(), "k3x3-n32");
    assert!(sweep.grid.swept().is_empty());
    assert_eq!(sweep.train, TrainSettings::default());
    assert_eq!(sweep.seeds, [0]);
    assert_eq!((sweep.keep, sweep.attempts), (Keep::Top, 3));
    assert_eq!(sweep.prune, None);
    assert_eq!(sweep.text, SMALL);
}

#[test]
fn every_key_reaches_its_setting() {
    let sweep = parse(
        r#"
        task = "shoes_all"
        [hyperparameters]
        kernel_size_1 = 7
        kernel_size_2 = [3]
        kernel_num = 0x60
        dense_size = 512
        dropout_rate = 0.25
        lambda = 1
        [train]
        epochs = 1_000
        batch_size = 32
        learning_rate = 1
        patience = 0
        seeds = [3, 0]
        threads = 2
        keep = "all"
        [search]
        method = "grid"
        attempts = 1
        [prune]
        method = "halving"
        reduction_factor = 4
        grace_epochs = 999
        "#,
    )
    .unwrap();
    let names: Vec<_> = sweep
        .grid
        .configurations()
        .iter()
        .map(|one| one.short_name())
        .collect();
    assert_eq!(names, ["k7x3-n96-d512-p0.25-l1"]);
    let train = TrainSettings {
        epochs: 1000,
        batch_size: 32,
        learning_rate: 1.0,
        patience: 0,
        threads: 2,
    };
    assert_eq!(sweep.train, train);
    assert_eq!(sweep.seeds, [3, 0]);
    assert_eq!((sweep.keep, sweep.attempts), (Keep::All, 1));
    let halving = Halving {
        grace_epochs: 999,
        reduction_factor: 4,
    };
    assert_eq!(sweep.prune, Some(halving));
}

/// Lines of `[hyperparameters]`, which begins on line 2, and the message.
#[test]
fn a_mistake_in_the_hyperparameters_names_its_line_and_what_was_expected() {
    for (lines, expected) in [
        (
            "kernel_size = 3\nkernal_num = 32",
            "x.toml:4: unknown key `kernal_num`: did you mean `kernel_num`?",
        ),
        (
            "kernel_size = 3\nkernel_num = 32\nepochs = 3",
            "x.toml:5: unknown key `epochs`: did you mean `epochs` in `[train]`?",
        ),
        (
            "kernel_size = 3\nkernel_num = 32\ntask = \"a\"",
            "x.toml:5: unknown key `task`: did you mean `task` before the first table?",
        ),
        (
            "kernel_size = 3\nkernel_num = 32\nmomentum = 0.9",
            "x.toml:5: unknown key `momentum`: expected `kernel_size`, `kernel_size_1`, \
             `kernel_size_2`, `kernel_num`, `dense_size`, `dropout_rate`, `lambda`",
        ),
        (
            "kernel_size = 3\nkernel_num = \"64\"",
            "x.toml:4: `kernel_num` is `\"64\"`, expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            "kernel_size = 3\nkernel_num = 64.0",
            "x.toml:4: `kernel_num` is `64.0`, expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            "kernel_size = 3\nkernel_num = [\n  64,\n  0,\n]",
            "x.toml:6: `kernel_num` is `0`, expected a whole number from 1 to 1024",
        ),
        (
            "kernel_size = 3\nkernel_num = [[64]]",
            "x.toml:4: `kernel_num` is `[64]`, expected a whole number from 1 to 1024",
        ),
        (
            "kernel_size = [3, -5]\nkernel_num = 64",
            "x.toml:3: `kernel_size` is `-5`, expected a whole number from 1 to 1024",
        ),
        (
            "kernel_size = 99999999999999999999999999999999999999999\nkernel_num = 64",
            "x.toml:3: `kernel_size` is `9999999999999999999999999999999999999999…`, \
             expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            "kernel_size = 3\nkernel_num = []",
            "x.toml:4: `kernel_num` is `[]`, expected a list of 1 to 1000 values",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\nlambda = [1e-5,\n0.00001]",
            "x.toml:6: `lambda` has `0.00001` twice",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\nlambda = [0, -0.0]",
            "x.toml:5: `lambda` has `-0.0` twice",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\nlambda = inf",
            "x.toml:5: `lambda` is `inf`, expected a finite number of at least 0, or a list of them",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\nlambda = 1e999",
            "x.toml:5: `lambda` is `1e999`, expected a finite number of at least 0, or a list of them",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\ndense_size = 9\ndropout_rate = [0.5, nan]",
            "x.toml:6: `dropout_rate` is `nan`, expected a number from 0 to below 1",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\ndropout_rate = 0.5",
            "x.toml:5: `dropout_rate` is 0.5 but `dense_size` is absent: \
             dropout acts on the hidden dense layer",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\ndropout_rate = [0, 0.5]\n\ndense_size = [256, 0]",
            "x.toml:5: `dropout_rate` is 0.5 but `dense_size` is 0 (x.toml:7): \
             dropout acts on the hidden dense layer",
        ),
        (
            "kernel_num = 64",
            "x.toml: `hyperparameters.kernel_size` is missing, \
             expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            "kernel_num = 64\nkernel_size_1 = 3",
            "x.toml: `hyperparameters.kernel_size_2` is missing, \
             expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            "kernel_size = 3",
            "x.toml: `hyperparameters.kernel_num` is missing, \
             expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            "kernel_size_1 = 3\nkernel_size_2 = 3\nkernel_size = 3\nkernel_num = 64",
            "x.toml:3: `kernel_size_1` cannot stand beside `kernel_size` (x.toml:5), \
             which sets both kernel sizes",
        ),
        (
            "kernel_size = 3\nkernel_num = 64\nkernel_size = 5",
            "x.toml:5:1: duplicate key `kernel_size`",
        ),
    ] {
        let error = parse(&format!("task = \"a\"\n[hyperparameters]\n{lines}\n")).unwrap_err();
        assert_eq!(error.to_string(), expected, "{lines}");
    }
}

/// Lines that follow a valid file of four, and the message.
#[test]
fn a_mistake_in_the_other_tables_names_its_line_and_what_was_expected() {
    for (lines, expected) in [
        (
            "[train]\nepochs = [3, 5]",
            "x.toml:6: `epochs` is `[3, 5]`, expected a whole number from 1 to 100000",
        ),
        (
            "[train]\nepochs = 0",
            "x.toml:6: `epochs` is `0`, expected a whole number from 1 to 100000",
        ),
        (
            "[train]\nlearning_rate = 0",
            "x.toml:6: `learning_rate` is `0`, expected a finite number above 0",
        ),
        (
            "[train]\npatience = -1",
            "x.toml:6: `patience` is `-1`, expected a whole number from 0 to 4294967295",
        ),
        (
            "[train]\nseeds = [1, 0, 1]",
            "x.toml:6: `seeds` has `1` twice",
        ),
        (
            "[train]\nseeds = 9223372036854775808",
            "x.toml:6: `seeds` is `9223372036854775808`, \
             expected a whole number from 0 to 9223372036854775807, or a list of them",
        ),
        (
            "[train]\nkeep = \"best\"",
            "x.toml:6: `keep` is `\"best\"`, expected `\"top\"` or `\"all\"`",
        ),
        (
            "[search]\nmethod = \"random\"",
            "x.toml:6: `search.method` is `\"random\"`, expected `\"grid\"`",
        ),
        (
            "[search]\nattempts = 0",
            "x.toml:6: `attempts` is `0`, expected a whole number from 1 to 1000",
        ),
        (
            "[prune]\nmethod = true",
            "x.toml:6: `prune.method` is `true`, expected `\"halving\"`",
        ),
        (
            "[prune]",
            "x.toml: `prune.method` is missing, expected `\"halving\"`",
        ),
        (
            "[prune]\nmethod = \"halving\"\ngrace_epochs = 15",
            "x.toml:7: `grace_epochs` is `15`, expected a whole number of at least 1, below `train.epochs`",
        ),
        (
            "[prune]\nmethod = \"halving\"\nreduction_factor = 1",
            "x.toml:7: `reduction_factor` is `1`, expected a whole number from 2 to 1000",
        ),
        (
            "[trian]",
            "x.toml:5: unknown key `trian`: did you mean `[train]`?",
        ),
        (
            "[[train]]\nepochs = 3",
            "x.toml:5: `train` is `[[train]]`, expected a table",
        ),
        (
            "[hyperparameters]\nlambda = 0",
            "x.toml:5:2: duplicate key `hyperparameters`",
        ),
        ("[train\n", "x.toml:5:7: unclosed table, expected `]`"),
        (
            "[train]\nepochs = ",
            "x.toml:6:10: expected a value; text needs quotes",
        ),
        (
            "[train]\nkeep = fop",
            "x.toml:6:8: expected a value; text needs quotes",
        ),
        (
            "[train]\nkeep = top",
            "x.toml:6:8: expected a value; text needs quotes",
        ),
    ] {
        let error = parse(&format!("{SMALL}{lines}\n")).unwrap_err();
        assert_eq!(error.to_string(), expected, "{lines}");
    }
}

#[test]
fn a_sweep_needs_a_task() {
    let (_, without) = SMALL.split_once('\n').unwrap();
    let missing = "x.toml: `task` is missing, expected the name of a task in quotes";
    assert_eq!(parse(without).unwrap_err().to_string(), missing);
    assert_eq!(parse("").unwrap_err().to_string(), missing);
    let error = parse(&format!("task = ''\n{without}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "x.toml:1: `task` is `''`, expected the name of a task in quotes"
    );
}

#[test]
fn a_tasks_file_is_no_sweep_file() {
    let error = parse("[primary]\npredicts = ['category']").unwrap_err();
    assert_eq!(
        error.to_string(),
        "x.toml:1: unknown key `primary`: \
         expected `task`, `[hyperparameters]`, `[train]`, `[search]`, `[prune]`, `[tensorboard]`, `[report]`"
    );
}

#[test]
fn a_file_whose_name_cannot_become_a_folder_is_refused() {
    for name in ["sweeps/my sweep.toml", "a.b.toml", "größe.toml", ".."] {
        let error = SweepFile::parse(SMALL, Path::new(name), &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{name}: a sweep is named after its file, \
                 expected letters, digits, `_` and `-` before `.toml`"
            )
        );
    }
}

/// `1, 2, 3`, up to `count`.
fn numbers(count: usize) -> String {
    let numbers: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
    numbers.join(", ")
}

#[test]
fn seeds_count_towards_the_limit_of_trials() {
    let text = |kernels| {
        let grid = SMALL.replace("32", &format!("[{}]", numbers(kernels)));
        format!("{grid}[train]\nseeds = [{}]", numbers(1000))
    };
    assert!(parse(&text(100)).is_ok());
    assert_eq!(
        parse(&text(101)).unwrap_err().to_string(),
        "x.toml: the grid has more than 100000 trials"
    );
}

#[test]
fn a_list_longer_than_anybody_means_is_refused() {
    let error = parse(&format!("{SMALL}[train]\nseeds = [{}]", numbers(1001)));
    assert_eq!(
        error.unwrap_err().to_string(),
        "x.toml:6: `seeds` is `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …`, \
         expected a list of 1 to 1000 values"
    );
}

#[test]
fn overrides_replace_what_the_file_says() {
    let both = "task = \"a\"\n[hyperparameters]\nkernel_size = [3, 5]\nkernel_num = 32\n";
    let separate = "task = \"a\"\n[hyperparameters]\nkernel_size_1 = [3, 5]\nkernel_size_2 = 3\nkernel_num = 32\n";
    for (text, arguments, expected) in [
        (both, &["kernel_num=64"][..], vec![(3, 3, 64), (5, 5, 64)]),
        (
            both,
            &["kernel_num=64", "kernel_num=[1,2]", "kernel_size=7"],
            vec![(7, 7, 1), (7, 7, 2)],
        ),
        (separate, &["kernel_size=7"], vec![(7, 7, 32)]),
        (separate, &["kernel_size_1=7"], vec![(7, 3, 32)]),
        (
            both,
            &["kernel_size_1=1", "kernel_size_2=[2, 4]"],
            vec![(1, 2, 32), (1, 4, 32)],
        ),
    ] {
        let sweep = parse_with(text, arguments).unwrap();
        assert_eq!(kernels(&sweep), expected, "{arguments:?}");
    }
    let sweep = parse_with(
        SMALL,
        &[
            "task=\"glasses\"",
            "train.epochs=3",
            "seeds=[0, 1]",
            "prune.method=\"halving\"",
        ],
    )
    .unwrap();
    assert_eq!(sweep.task, "glasses");
    assert_eq!(sweep.train.epochs, 3);
    assert_eq!(sweep.seeds, [0, 1]);
    assert!(sweep.prune.is_some());
}

#[test]
fn a_mistake_in_an_override_names_the_override() {
    for (arguments, expected) in [
        (
            &["kernel_num=0"][..],
            "--set kernel_num=0: `kernel_num` is `0`, \
             expected a whole number from 1 to 1024, or a list of them",
        ),
        (
            &["epochs=\"3\""],
            "--set epochs=\"3\": `epochs` is `\"3\"`, expected a whole number from 1 to 100000",
        ),
        (
            &["kernel_size_1=3"],
            "--set kernel_size_1=3: `kernel_size_1` cannot stand beside `kernel_size` (x.toml:3), \
             which sets both kernel sizes",
        ),
        (
            &["kernel_size=5", "kernel_size_2=3"],
            "--set kernel_size_2=3: `kernel_size_2` cannot stand beside `kernel_size` \
             (--set kernel_size=5), which sets both kernel sizes",
        ),
        (
            &["dropout_rate=0.5"],
            "--set dropout_rate=0.5: `dropout_rate` is 0.5 but `dense_size` is absent: \
             dropout acts on the hidden dense layer",
        ),
        (
            &["seeds=[ 4, 4 ]"],
            "--set seeds=[ 4, 4 ]: `seeds` has `4` twice",
        ),
    ] {
        let error = parse_with(SMALL, arguments).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn an_override_repairs_a_value_but_not_a_misspelt_key() {
    let repaired = parse_with(&SMALL.replace("32", "0"), &["kernel_num=32"]);
    assert_eq!(kernels(&repaired.unwrap()), [(3, 3, 32)]);
    assert!(parse_with(&SMALL.replace("kernel_num", "kernels"), &["kernel_num=32"]).is_err());
}

proptest! {
    #[test]
    fn the_order_of_keys_and_tables_changes_nothing(
        keys in Just(vec![
            "kernel_size_1 = [3, 5]",
            "kernel_size_2 = [5, 3]",
            "kernel_num = [64, 32]",
            "dense_size = 256",
            "dropout_rate = [0.5, 0]",
            "lambda = 1e-5",
        ])
        .prop_shuffle(),
        train_first in any::<bool>(),
    ) {
        let text = |keys: &[&str], train_first: bool| {
            let train = "[train]\nepochs = 3\n";
            let grid = format!("[hyperparameters]\n{}\n", keys.join("\n"));
            let tables = if train_first { train.to_owned() + &grid } else { grid + train };
            format!("task = \"a\"\n{tables}")
        };
        let mut sorted = keys.clone();
        sorted.sort();
        let expected = parse(&text(&sorted, false)).unwrap();
        let found = parse(&text(&keys, train_first)).unwrap();
        prop_assert_eq!(found.grid, expected.grid);
        prop_assert_eq!(found.train, expected.train);
    }

    #[test]
    fn no_text_and_no_argument_makes_it_panic(text in "\\PC*", argument in "[a-z_.]*=\\PC*") {
        let _ = parse(&text);
        let _ = parse(&format!("{SMALL}{text}"));
        if let Ok(given) = argument.parse() {
            let _ = SweepFile::parse(SMALL, Path::new("x.toml"), &[given]);
        }
    }
}
