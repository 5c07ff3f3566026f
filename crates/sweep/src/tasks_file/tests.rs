use std::collections::BTreeMap;

use super::*;

fn parse(text: &str) -> Result<TasksFile, TasksFileError> {
    TasksFile::parse(text, Path::new("tasks.toml"))
}

#[test]
fn tasks_are_read_in_the_order_of_the_file() {
    let file = parse(
        "[shoes]\nwhere = { category = 'shoes' }\npredicts = ['gender', 'type']\nflip = 'train'\n\
         [primary]\npredicts = ['category']\n",
    )
    .unwrap();
    let shoes = Task {
        name: "shoes".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::from([("category".to_owned(), "shoes".to_owned())]),
            predicts: vec!["gender".to_owned(), "type".to_owned()],
            flip: Flip::Train,
        },
    };
    let primary = Task {
        name: "primary".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::new(),
            predicts: vec!["category".to_owned()],
            flip: Flip::None,
        },
    };
    assert_eq!(
        file.tasks().cloned().collect::<Vec<_>>(),
        [shoes, primary.clone()]
    );
    assert_eq!(file.task("primary"), Ok(&primary));
}

#[test]
fn an_unknown_task_is_answered_with_the_nearest_and_all() {
    let file = parse("a.predicts = ['x']\nshoes_male.predicts = ['x']").unwrap();
    let message = |name| file.task(name).unwrap_err().to_string();
    assert_eq!(
        message("shoes_mael"),
        "tasks.toml: unknown task `shoes_mael`, did you mean `shoes_male`?\n(known: a, shoes_male)"
    );
    assert_eq!(
        message("zzz"),
        "tasks.toml: unknown task `zzz`\n(known: a, shoes_male)"
    );
    assert_eq!(
        parse("").unwrap().task("a").unwrap_err().to_string(),
        "tasks.toml: unknown task `a`\n(known: none)"
    );
}

#[test]
fn a_mistake_names_its_line_and_what_was_expected() {
    for (text, expected) in [
        ("[a\n", "tasks.toml:1:3: unclosed table, expected `]`"),
        (
            "[a]\npredict = ['x']",
            "tasks.toml:2: unknown key `predict`: did you mean `predicts`?",
        ),
        (
            "[a]\nepochs = 3\npredicts = ['x']",
            "tasks.toml:2: unknown key `epochs`: expected `where`, `predicts`, `flip`",
        ),
        (
            "[a]\npredicts = 'x'",
            "tasks.toml:2: `a.predicts` is `'x'`, expected a list of at least one column name",
        ),
        (
            "[a]\npredicts = []",
            "tasks.toml:2: `a.predicts` is `[]`, expected a list of at least one column name",
        ),
        (
            "[a]\npredicts = ['x', 3]",
            "tasks.toml:2: `a.predicts` is `['x', 3]`, expected a list of at least one column name",
        ),
        (
            "[a]\npredicts = ['']",
            "tasks.toml:2: `a.predicts` is `['']`, expected a list of at least one column name",
        ),
        (
            "[a]\nflip = true\npredicts = ['x']",
            "tasks.toml:2: `a.flip` is `true`, expected `\"none\"`, `\"train\"` or `\"all\"`",
        ),
        (
            "[a]\nwhere = 'shoes'\npredicts = ['x']",
            "tasks.toml:2: `a.where` is `'shoes'`, \
             expected a table of labels, such as `{ category = \"shoes\" }`",
        ),
        (
            "[a]\nwhere = { category = 1 }\npredicts = ['x']",
            "tasks.toml:2: `a.where` is `{ category = 1 }`, \
             expected a table of labels, such as `{ category = \"shoes\" }`",
        ),
        (
            "flip = 'all'\n",
            "tasks.toml:1: `flip` is `'all'`, expected a table that defines a task",
        ),
        (
            "\n[a]\nflip = 'all'",
            "tasks.toml:2: `a.predicts` is missing, expected a list of at least one column name",
        ),
        (
            "[a]\npredicts = ['x',\n'y', 'x']",
            "tasks.toml:3: `a.predicts` has `x` twice",
        ),
        (
            "[a]\npredicts = ['x', 'y']\n[a.where]\ny = 'z'",
            "tasks.toml:2: `a` predicts `y` but its `where` (tasks.toml:4) fixes it",
        ),
        (
            "['a b']\npredicts = ['x']",
            "tasks.toml:1: `a b` names no task, expected letters, digits, `_` and `-`",
        ),
        (
            "[a]\npredicts = ['x']\n[a]",
            "tasks.toml:3:2: duplicate key `a`",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
    }
}
