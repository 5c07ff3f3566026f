//! Labels that follow from others, so that no model is needed for them.

use std::collections::BTreeMap;

use fitroom_domain::Split;

use crate::dataset::{Column, Dataset};

/// The labels, by column, that every photograph of train and validation has that has these; in columns that these do not
/// name. A photograph without a label in a column leaves that column open. None if no photograph has these labels.
pub fn implied_labels(
    dataset: &Dataset,
    known: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let has_all = |photograph: &usize| {
        let is_test = dataset.splits.get(*photograph) == Some(&Split::Test);
        !is_test
            && known.iter().all(|(column, label)| {
                let column = dataset.column(column);
                column.and_then(|it| it.label(*photograph)) == Some(label)
            })
    };
    let photographs: Vec<usize> = (0..dataset.len()).filter(has_all).collect();
    let open = (dataset.columns.iter()).filter(|column| !known.contains_key(&column.name));
    open.filter_map(|column| Some((column.name.clone(), only_label(column, &photographs)?)))
        .collect()
}

/// The label that all these photographs have.
fn only_label(column: &Column, photographs: &[usize]) -> Option<String> {
    let (first, others) = photographs.split_first()?;
    let label = column.label(*first)?;
    (others.iter().all(|it| column.label(*it) == Some(label))).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Origin;
    use ndarray::Array4;

    fn dataset() -> Dataset {
        let columns = [
            (
                "category",
                ["glasses", "glasses", "shoes", "shoes"].map(Some),
            ),
            (
                "type",
                [
                    Some("sunglasses"),
                    Some("sunglasses"),
                    Some("boots"),
                    Some("sandals"),
                ],
            ),
            (
                "gender",
                [Some("female"), None, Some("female"), Some("female")],
            ),
        ];
        let columns = columns.map(|(name, labels)| Column::of_labels(name, &labels));
        let origin = Origin {
            source: String::new(),
            preparation: String::new(),
            split: String::new(),
        };
        let names = (0..4).map(|number| format!("{number}.jpg")).collect();
        let images = Array4::zeros((4, 1, 1, 3));
        Dataset::new(
            "small".to_owned(),
            images,
            vec![Split::Train; 4],
            columns.into(),
            names,
            origin,
        )
        .unwrap()
    }

    #[test]
    fn what_all_photographs_share_follows_and_a_missing_label_leaves_a_column_open() {
        let implied = |column: &str, label: &str| {
            let known = BTreeMap::from([(column.to_owned(), label.to_owned())]);
            let pairs = implied_labels(&dataset(), &known).into_iter();
            pairs
                .map(|(column, label)| format!("{column}={label}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(implied("category", "glasses"), ["type=sunglasses"]);
        assert_eq!(implied("category", "shoes"), ["gender=female"]);
        assert_eq!(
            implied("type", "boots"),
            ["category=shoes", "gender=female"]
        );
        assert!(implied("category", "hats").is_empty());
    }
}
