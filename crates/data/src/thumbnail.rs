//! Small copies of photographs, for pages.

use std::io::Cursor;

use fitroom_domain::ImageSize;
use image::{DynamicImage, ImageFormat, RgbImage};

use crate::dataset::Dataset;
use crate::picture::{PrepareError, fitting_size, shrink};

/// The size that a thumbnail fits into, in pixels.
const THUMBNAIL: ImageSize = ImageSize {
    height: 160,
    width: 120,
};

/// Why there is no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// There is no such photograph.
    #[error("no photograph {photograph} in dataset `{dataset}`, which has {photographs}")]
    NoPhotograph {
        /// The dataset.
        dataset: String,
        /// The position that was asked for, from 0.
        photograph: usize,
        /// How many photographs there are.
        photographs: usize,
    },
    /// It cannot be shrunk.
    #[error(transparent)]
    Shrink(#[from] PrepareError),
    /// It cannot be written as PNG.
    #[error("cannot be written as PNG")]
    Encode(#[from] image::ImageError),
}

/// A photograph of the dataset as a PNG file, shrunk to fit 120 × 160 pixels (width × height).
///
/// # Errors
/// When there is no such photograph, or it cannot be drawn.
pub fn thumbnail(dataset: &Dataset, photograph: usize) -> Result<Vec<u8>, ThumbnailError> {
    let no_photograph = || ThumbnailError::NoPhotograph {
        dataset: dataset.name.clone(),
        photograph,
        photographs: dataset.len(),
    };
    let ImageSize { height, width } = dataset.image_size();
    let pixels = dataset.pixels(photograph).to_vec();
    let picture = RgbImage::from_raw(width, height, pixels).ok_or_else(no_photograph)?;
    let (width, height) = fitting_size((width, height), THUMBNAIL);
    let small = match picture.dimensions() == (width, height) {
        true => picture,
        false => RgbImage::from_raw(width, height, shrink(&picture, width, height)?)
            .ok_or_else(no_photograph)?,
    };
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(small).write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
