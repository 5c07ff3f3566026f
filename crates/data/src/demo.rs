//! The demo: a catalogue with the study's whole taxonomy, drawn rather than photographed.
//!
//! Every product is drawn from a description (cut, colours, parts) that chance makes after the habits of
//! its gender and type. Habits overlap, as in a shop: no classifier is right about all of them. The same
//! seed draws the same bytes on every machine.

mod canvas;
mod chance;
mod colour;
mod draw_glasses;
mod draw_shoe;
mod draw_shoe_sole;
mod draw_shoe_upper;
mod draw_trousers;
mod glasses;
mod outline;
mod photograph;
mod shoe;
mod shoe_colours;
mod shoe_types;
mod taxonomy;
mod trousers;

use fitroom_domain::ImageSize;
use ndarray::Array4;
use rayon::prelude::*;

use self::chance::Chance;
use self::photograph::photograph;
use self::taxonomy::{CATALOGUE, Product};
use crate::assign_split::{SplitFractions, SplitFractionsError, assign_split, strata};
use crate::dataset::{Column, Dataset, InconsistentDataset, Origin};
use crate::duplicates::{Duplicates, KnownDuplicates};
use crate::near_identical::near_identical_groups;
use crate::picture::{PREPARATION, PrepareError};

/// How the origin of every demo begins.
pub const DEMO_SOURCE: &str = "drawn by `fitroom data demo`";

/// The size of the demo's photographs.
const SIZE: ImageSize = ImageSize {
    height: 36,
    width: 27,
};

/// Why the demo cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawDemoError {
    /// Memory is short.
    #[error("there is no memory to draw in")]
    Memory,
    /// A drawing cannot be made a photograph of the dataset.
    #[error("a drawing cannot be made a photograph")]
    Prepare(#[from] PrepareError),
    /// The splits' shares are wrong.
    #[error(transparent)]
    Split(#[from] SplitFractionsError),
    /// The parts make no dataset.
    #[error("the drawings make no dataset")]
    Inconsistent(#[from] InconsistentDataset),
}

/// Draws the demo catalogue. The same seed gives the same fingerprint.
///
/// # Errors
/// When memory is short.
pub fn draw_demo(seed: u64) -> Result<Dataset, DrawDemoError> {
    let products: Vec<Product> = CATALOGUE
        .iter()
        .flat_map(|(product, photographs)| std::iter::repeat_n(*product, *photographs))
        .collect();
    let pixels = products
        .par_iter()
        .enumerate()
        .map(|(number, product)| {
            let mut chance = Chance::new(seed, number as u64);
            photograph(*product, SIZE, &mut chance)
        })
        .collect::<Result<Vec<Vec<u8>>, DrawDemoError>>()?
        .concat();
    let shape = (products.len(), SIZE.height as usize, SIZE.width as usize, 3);
    let images = Array4::from_shape_vec(shape, pixels).map_err(|_| DrawDemoError::Memory)?;
    let columns = vec![
        column("category", &products, |product| Some(product.category())),
        column("gender", &products, |product| {
            product.gender().map(taxonomy::Gender::label)
        }),
        column("type", &products, |product| Some(product.type_label())),
    ];
    // Few enough to train on that a grid is done in minutes, enough to validate on that accuracies differ.
    let fractions = SplitFractions::new(0.54, 0.26, 0.2)?;
    let groups = near_identical_groups(&images);
    let splits = assign_split(&strata(&columns, products.len()), &groups, fractions, seed);
    let origin = Origin {
        source: format!("{DEMO_SOURCE} with seed {seed}"),
        preparation: PREPARATION.to_owned(),
        split: format!("made with seed {seed}: {fractions}, stratified by all labels"),
    };
    let mut dataset = Dataset::new(
        "demo".to_owned(),
        images,
        splits,
        columns,
        paths(&products),
        origin,
    )?;
    dataset.duplicates = KnownDuplicates(Duplicates::of(&groups).into());
    Ok(dataset)
}

/// A label column.
fn column(
    name: &str,
    products: &[Product],
    label: impl Fn(Product) -> Option<&'static str>,
) -> Column {
    let labels: Vec<Option<&str>> = products.iter().map(|product| label(*product)).collect();
    Column::of_labels(name, &labels)
}

/// A path for each photograph: `shoes/female/high heels/012`, numbered within its folder.
fn paths(products: &[Product]) -> Vec<String> {
    let mut number = 0;
    let mut before = None;
    let path = |product: &Product| {
        number = if before == Some(*product) {
            number + 1
        } else {
            1
        };
        before = Some(*product);
        let (category, kind) = (product.category(), product.type_label());
        match product.gender() {
            Some(gender) => format!("{category}/{}/{kind}/{number:03}", gender.label()),
            None => format!("{category}/{kind}/{number:03}"),
        }
    };
    products.iter().map(path).collect()
}
