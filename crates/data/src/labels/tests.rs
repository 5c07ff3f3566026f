use super::*;

fn parse(text: &str) -> Result<Labels, LabelsError> {
    parse_labels(text.as_bytes(), "labels.csv", None, None)
}

fn message(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn all_columns_but_the_path_and_the_split_hold_labels() {
    let labels =
        parse("\u{feff}Image, gender,type,split\na.jpg,male, boots ,val\nb.jpg,,flats,TRAIN\n");
    let labels = labels.unwrap();
    assert_eq!(labels.columns, ["gender", "type"]);
    assert_eq!(
        labels.rows,
        [
            LabelsRow {
                line: 2,
                path: "a.jpg".to_owned(),
                labels: vec![Some("male".to_owned()), Some("boots".to_owned())],
                split: Some(Split::Validation),
            },
            LabelsRow {
                line: 3,
                path: "b.jpg".to_owned(),
                labels: vec![None, Some("flats".to_owned())],
                split: Some(Split::Train),
            },
        ]
    );
}

#[test]
fn the_first_usual_path_column_wins_unless_another_is_named() {
    let text = b"photograph,file,type\na.jpg,b.jpg,boots\n";
    let labels = parse_labels(text, "labels.csv", None, None).unwrap();
    assert_eq!(
        (&labels.rows[0].path[..], &labels.columns[..]),
        ("b.jpg", &["photograph".to_owned(), "type".to_owned()][..])
    );
    let labels = parse_labels(
        text,
        "labels.csv",
        Some("photograph"),
        Some(&["type".to_owned()]),
    )
    .unwrap();
    assert_eq!(
        (&labels.rows[0].path[..], &labels.columns[..]),
        ("a.jpg", &["type".to_owned()][..])
    );
}

#[test]
fn classes_are_alphabetical_and_a_missing_label_has_no_code() {
    let labels = parse("image,type\na.jpg,flats\nb.jpg,\nc.jpg,boots\n").unwrap();
    let [column] = &encode(&labels.columns, &labels.rows)[..] else {
        panic!("one column")
    };
    assert_eq!(column.classes, ["boots", "flats"]);
    assert_eq!(column.codes, [1, -1, 0]);
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, expected) in [
        (
            "",
            "`labels.csv`, line 1: no column `image` or `path` or `file` or `filename` or `photograph`; its columns: ",
        ),
        (
            "picture,type\na.jpg,boots\n",
            "`labels.csv`, line 1: no column `image` or `path` or `file` or `filename` or `photograph`; its columns: `picture`, `type`",
        ),
        (
            "image,split\na.jpg,train\n",
            "`labels.csv`, line 1: no label column beside the paths and the split; its columns: `image`, `split`",
        ),
        (
            "image,type,type\na.jpg,boots,flats\n",
            "`labels.csv`, line 1: the column `type` stands there twice",
        ),
        (
            "image,name\na.jpg,boots\n",
            "`labels.csv`, line 1: a label column cannot be called `name`: `dataset.npz` uses this name itself",
        ),
        (
            "image,\na.jpg,boots\n",
            "`labels.csv`, line 1: a label column cannot be called ``: it is empty",
        ),
        ("image,type\n", "`labels.csv` has no rows"),
        (
            "image,type\na.jpg,boots\n,flats\n",
            "`labels.csv`, line 3: the path in column `image` is empty",
        ),
        (
            "image,type,split\na.jpg,boots,train\nb.jpg,boots,\n",
            "`labels.csv`, line 3: the split is empty, but other rows have one",
        ),
        (
            "image,type,split\na.jpg,boots,valid\n",
            "`labels.csv`, line 2: `valid` is no split, expected `train`, `validation` (or `val`) or `test`",
        ),
        (
            "image,type\n\na.jpg,a\u{1b}[31m\n",
            "`labels.csv`, line 3: \"a\\u{1b}[31m\" is no label: it has a line break or another control character",
        ),
        (
            "image,type\na.jpg,a · b\n",
            "`labels.csv`, line 2: \"a · b\" is no label: ` · ` separates the labels of a class",
        ),
    ] {
        assert_eq!(message(text), expected, "{text:?}");
        let windows = text.replace('\n', "\r\n");
        assert_eq!(message(&windows), expected, "{windows:?}");
    }
    let ragged = message("image,type\na.jpg,boots\nb.jpg\n");
    assert!(
        ragged.contains("`labels.csv`") && ragged.contains("line: 3"),
        "{ragged}"
    );
    let error =
        parse_labels(b"image,type\na.jpg,b\xffoots\n", "labels.csv", None, None).unwrap_err();
    assert!(error.to_string().contains("line 2"), "{error}");
}

#[test]
fn columns_that_are_asked_for_must_be_label_columns() {
    let columns = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        parse_labels(
            b"image,type,split\na.jpg,boots,train\n",
            "labels.csv",
            None,
            Some(&names),
        )
        .unwrap_err()
        .to_string()
    };
    let expected = "`labels.csv`, line 1: no column `typ`; its columns: `image`, `type`, `split`";
    assert_eq!(columns(&["typ"]), expected);
    assert_eq!(columns(&["image"]), expected.replace("typ`;", "image`;"));
    assert_eq!(
        columns(&["type", "type"]),
        "`labels.csv`, line 1: a label column cannot be called `type`: it was asked for twice"
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[image,type\\n\"\r ·é]{0,60}") {
        let _ = parse(&text);
    }
}
