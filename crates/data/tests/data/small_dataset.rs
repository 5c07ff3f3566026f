//! A dataset of eight tiny photographs.

use fitroom_data::{Column, Dataset, Origin};
use fitroom_domain::Split;
use ndarray::Array4;

/// Photographs of 3 × 2 pixels of women's and men's boots and flats, and of sunglasses without a gender.
///
/// | photograph | split | category | gender | type |
/// | --- | --- | --- | --- | --- |
/// | 0 | train | shoes | female | flats |
/// | 1 | train | shoes | male | boots |
/// | 2 | validation | shoes | female | boots |
/// | 3 | train | glasses | | sunglasses |
/// | 4 | test | shoes | male | flats |
/// | 5 | validation | glasses | | sunglasses |
/// | 6 | train | shoes | | boots |
/// | 7 | test | shoes | female | flats |
pub(crate) fn small_dataset() -> Dataset {
    let column = |name: &str, classes: &[&str], codes: [i32; 8]| Column {
        name: name.to_owned(),
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        codes: codes.to_vec(),
    };
    use Split::{Test, Train, Validation};
    Dataset::new(
        "small".to_owned(),
        Array4::from_shape_fn((8, 3, 2, 3), |(n, y, x, c)| {
            (n * 18 + y * 6 + x * 3 + c) as u8
        }),
        vec![
            Train, Train, Validation, Train, Test, Validation, Train, Test,
        ],
        vec![
            column("category", &["glasses", "shoes"], [1, 1, 1, 0, 1, 0, 1, 1]),
            column("gender", &["female", "male"], [0, 1, 0, -1, 1, -1, -1, 0]),
            column(
                "type",
                &["boots", "flats", "sunglasses"],
                [1, 0, 0, 2, 1, 2, 0, 1],
            ),
        ],
        (0..8)
            .map(|number| format!("shop/été-{number}.jpg"))
            .collect(),
        Origin {
            source: "made for tests".to_owned(),
            preparation: "none".to_owned(),
            split: "by hand".to_owned(),
        },
    )
    .unwrap()
}
