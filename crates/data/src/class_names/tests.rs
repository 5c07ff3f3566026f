use super::*;

const SHOES: &str = r#"
[columns.type]
array = "labels"
by = "gender"
[columns.type.classes]
male = ["boots", "trainers"]
female = ["boots", "ballerina"]

[columns.age]
array = "ages"
classes = ["child"]
"#;

fn message(text: &str) -> String {
    let error = parse_class_names(text, Path::new("shoes.toml")).unwrap_err();
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[test]
fn columns_and_lists_keep_the_order_of_the_file() {
    let list = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    assert_eq!(
        parse_class_names(SHOES, Path::new("shoes.toml")).unwrap(),
        [
            NamedColumn {
                name: "type".to_owned(),
                line: 2,
                array: "labels".to_owned(),
                classes: ClassNames::By {
                    by: "gender".to_owned(),
                    line: 4,
                    lists: vec![
                        ("male".to_owned(), 6, list(&["boots", "trainers"])),
                        ("female".to_owned(), 7, list(&["boots", "ballerina"])),
                    ],
                },
            },
            NamedColumn {
                name: "age".to_owned(),
                line: 9,
                array: "ages".to_owned(),
                classes: ClassNames::Same(list(&["child"])),
            },
        ]
    );
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (from, to, expected) in [
        (
            "\"ballerina\"",
            "\"boots\"",
            "`shoes.toml`, line 7: the classes of `type` have the label `boots` twice",
        ),
        (
            "\"child\"",
            "\" child\"",
            "`shoes.toml`, line 11: the classes of `age` have the label ` child`: it is empty, or has spaces around it",
        ),
        (
            "\"child\"",
            "\"a · b\"",
            "`shoes.toml`, line 11: the classes of `age` have the label `a · b`: ` · ` separates the labels of a class",
        ),
        (
            "by = \"gender\"\n",
            "",
            "`shoes.toml`, line 4: the classes of `type` have a list for each label of another column, expected `by` to name it",
        ),
        (
            "array = \"ages\"",
            "array = \"ages\"\nby = \"type\"",
            "`shoes.toml`, line 12: the classes of `age` are one list, expected one for each label of `type` as `by` says",
        ),
        (
            "columns.age",
            "columns.split",
            "`shoes.toml`, line 9: a label column cannot be called `split`: `dataset.npz` uses this name itself",
        ),
        (
            SHOES,
            "",
            "`shoes.toml` names no column, expected a table such as `[columns.type]`",
        ),
    ] {
        assert_eq!(message(&SHOES.replace(from, to)), expected);
    }
}

#[test]
fn keys_and_values_that_are_none_are_named_with_their_line() {
    for (from, to, line, expected) in [
        (
            "classes = [",
            "clases = [",
            11,
            "unknown field `clases`, expected one of `array`, `by`, `classes`",
        ),
        (
            "[columns.age]",
            "[column.age]",
            9,
            "unknown field `column`, expected `columns`",
        ),
        (
            "\"child\"",
            "1",
            11,
            "invalid type: integer `1`, expected a string",
        ),
        (
            "[\"child\"]",
            "\"child\"",
            11,
            "expected a list of labels, or a table with a list for each label of `by`",
        ),
        ("array = \"ages\"\n", "", 9, "missing field `array`"),
        ("\"ages\"", "ages", 10, "string values must be quoted"),
    ] {
        let words = message(&SHOES.replace(from, to));
        assert!(
            words.starts_with("`shoes.toml` gives no names to codes: "),
            "{words}"
        );
        assert!(words.contains(&format!("at line {line},")), "{words}");
        assert!(words.contains(expected), "{words}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[columns.type=\\[\\]\"\n by é]{0,80}") {
        let _ = parse_class_names(&text, Path::new("names.toml"));
    }
}
