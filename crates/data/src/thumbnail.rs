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

/// A photograph of the dataset as a PNG file, shrunk to fit 120 × 160 pixels (width × height).
///
/// # Errors
/// When there is no such photograph.
pub fn thumbnail(dataset: &Dataset, photograph: usize) -> Result<Vec<u8>, PrepareError> {
    let ImageSize { height, width } = dataset.image_size();
    let size = || PrepareError::Size {
        width,
        height,
        bytes: 0,
    };
    let pixels = dataset.pixels(photograph).to_vec();
    let picture = RgbImage::from_raw(width, height, pixels).ok_or_else(size)?;
    let (width, height) = fitting_size((width, height), THUMBNAIL);
    let small = match picture.dimensions() == (width, height) {
        true => picture,
        false => {
            RgbImage::from_raw(width, height, shrink(&picture, width, height)?).ok_or_else(size)?
        }
    };
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(small)
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(PrepareError::Decode)?;
    Ok(bytes.into_inner())
}
