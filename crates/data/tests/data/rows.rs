//! Tasks become rows.

use fitroom_data::{Dataset, Row, TaskRows, TaskRowsError, task_rows};
use fitroom_domain::{Flip, Split, Task, TaskDefinition};

use crate::small_dataset::small_dataset;

fn task(conditions: &[(&str, &str)], predicts: &[&str], flip: Flip) -> Task {
    let owned = |(column, label): &(&str, &str)| ((*column).to_owned(), (*label).to_owned());
    Task {
        name: "question".to_owned(),
        definition: TaskDefinition {
            where_: conditions.iter().map(owned).collect(),
            predicts: predicts.iter().map(|column| (*column).to_owned()).collect(),
            flip,
        },
    }
}

fn rows(
    conditions: &[(&str, &str)],
    predicts: &[&str],
    flip: Flip,
) -> Result<TaskRows, TaskRowsError> {
    task_rows(&small_dataset(), &task(conditions, predicts, flip))
}

fn message(conditions: &[(&str, &str)], predicts: &[&str]) -> String {
    rows(conditions, predicts, Flip::None)
        .unwrap_err()
        .to_string()
}

fn row(photograph: u32, class: u16, mirrored: bool) -> Row {
    Row {
        photograph,
        class,
        mirrored,
    }
}

fn names(rows: &TaskRows) -> Vec<&str> {
    rows.classes.iter().map(|class| &class.name[..]).collect()
}

#[test]
fn several_columns_give_one_class_for_each_combination_that_occurs() {
    let rows = rows(&[("category", "shoes")], &["gender", "type"], Flip::None).unwrap();
    assert_eq!(
        names(&rows),
        [
            "female · boots",
            "female · flats",
            "male · boots",
            "male · flats"
        ]
    );
    assert_eq!(rows.classes[3].labels, ["male", "flats"]);
    assert_eq!(rows.train, [row(0, 1, false), row(1, 2, false)]);
    assert_eq!(rows.validation, [row(2, 0, false)]);
    // `male · flats` occurs only here, and is a class all the same.
    assert_eq!(rows.test, [row(4, 3, false), row(7, 1, false)]);
    // Photograph 6 is of shoes without a gender.
    assert_eq!(rows.left_out, 1);
}

#[test]
fn classes_follow_the_order_in_which_the_task_names_the_columns() {
    let rows = rows(&[("category", "shoes")], &["type", "gender"], Flip::None).unwrap();
    assert_eq!(
        names(&rows),
        [
            "boots · female",
            "boots · male",
            "flats · female",
            "flats · male"
        ]
    );
}

#[test]
fn a_row_without_the_label_that_where_asks_for_does_not_belong_to_the_task() {
    let error = rows(&[("gender", "male")], &["type"], Flip::None).unwrap_err();
    let expected = TaskRowsError::EmptySplit {
        task: "question".to_owned(),
        dataset: "small".to_owned(),
        split: Split::Validation,
    };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        "task `question` has no validation photographs in dataset `small`"
    );
}

#[test]
fn a_mirrored_copy_follows_its_photograph_in_the_splits_that_are_flipped() {
    let flipped = |flip| rows(&[], &["category"], flip).unwrap();
    let train = flipped(Flip::Train);
    assert_eq!(
        train.train[..4],
        [
            row(0, 1, false),
            row(0, 1, true),
            row(1, 1, false),
            row(1, 1, true)
        ]
    );
    assert_eq!(train.train.len(), 8);
    assert_eq!(train.validation, [row(2, 1, false), row(5, 0, false)]);
    let all = flipped(Flip::All);
    assert_eq!(all.train, train.train);
    assert_eq!(
        all.validation,
        [
            row(2, 1, false),
            row(2, 1, true),
            row(5, 0, false),
            row(5, 0, true)
        ]
    );
    assert_eq!(all.test.len(), 4);
    assert_eq!(flipped(Flip::None).train.len(), 4);
}

#[test]
fn what_the_dataset_does_not_have_is_named_with_what_it_has() {
    assert_eq!(
        message(&[], &["gendre"]),
        "task `question` names the column `gendre`, which dataset `small` does not have (did you mean \
         `gender`?); its columns: `category`, `gender`, `type`"
    );
    assert_eq!(
        message(&[("colour", "red")], &["type"]),
        "task `question` names the column `colour`, which dataset `small` does not have; its columns: \
         `category`, `gender`, `type`"
    );
    assert_eq!(
        message(&[("category", "shoe")], &["type"]),
        "task `question` asks for category = `shoe`, a label that dataset `small` does not have (did \
         you mean `shoes`?); its labels: `glasses`, `shoes`"
    );
}

#[test]
fn a_task_with_nothing_to_learn_is_refused() {
    assert_eq!(
        message(&[("category", "glasses")], &["type"]),
        "task `question` has a single class `sunglasses` in dataset `small`: nothing to learn"
    );
    assert_eq!(
        message(&[("category", "glasses")], &["gender"]),
        "task `question` has no photographs in dataset `small` (2 belong to it but lack a label that it \
         predicts)"
    );
    assert_eq!(message(&[], &[]), "task `question` predicts no column");
}

#[test]
fn a_catalogue_without_train_photographs_is_refused() {
    let parts = small_dataset();
    let splits = vec![Split::Validation; 8];
    let dataset = Dataset::new(
        parts.name,
        parts.images,
        splits,
        parts.columns,
        parts.photographs,
        parts.origin,
    )
    .unwrap();
    let error = task_rows(&dataset, &task(&[], &["type"], Flip::None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "task `question` has no train photographs in dataset `small`"
    );
}
