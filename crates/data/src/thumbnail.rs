//! Small copies of photographs, for pages.

use std::borrow::Cow;
use std::io::Cursor;

use fitroom_domain::ImageSize;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage};

use crate::dataset::Dataset;
use crate::picture::{PrepareError, fitting_size, shrink};

/// The size that a thumbnail fits into, in pixels.
const THUMBNAIL: ImageSize = ImageSize {
    height: 160,
    width: 120,
};

/// The size that a small thumbnail fits into, in pixels.
const SMALL_THUMBNAIL: ImageSize = ImageSize {
    height: 80,
    width: 60,
};

/// What a small thumbnail may lose: 100 is nothing.
const JPEG_QUALITY: u8 = 78;

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
    /// It cannot be written as a file.
    #[error("cannot be written as a picture file")]
    Encode(#[from] image::ImageError),
}

/// A photograph of the dataset as a PNG file, shrunk to fit 120 × 160 pixels (width × height).
///
/// # Errors
/// When there is no such photograph, or it cannot be drawn.
pub fn thumbnail(dataset: &Dataset, photograph: usize) -> Result<Vec<u8>, ThumbnailError> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(shrunk(dataset, photograph, THUMBNAIL)?)
        .write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// A photograph of the dataset as a JPEG file of some 2 kB, shrunk to fit 60 × 80 pixels (width × height).
///
/// # Errors
/// When there is no such photograph, or it cannot be drawn.
pub fn small_thumbnail(dataset: &Dataset, photograph: usize) -> Result<Vec<u8>, ThumbnailError> {
    Ok(jpeg(&shrunk(dataset, photograph, SMALL_THUMBNAIL)?)?)
}

/// A picture as a JPEG file, shrunk to fit 120 × 160 pixels (width × height).
pub(crate) fn jpeg_thumbnail(picture: &RgbImage) -> Result<Vec<u8>, ThumbnailError> {
    Ok(jpeg(&*fitted(picture, THUMBNAIL)?)?)
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
    Ok(bytes)
}

/// A photograph of the dataset, made as small as it must be to fit, but never larger.
fn shrunk(
    dataset: &Dataset,
    photograph: usize,
    size: ImageSize,
) -> Result<RgbImage, ThumbnailError> {
    let no_photograph = || ThumbnailError::NoPhotograph {
        dataset: dataset.name.clone(),
        photograph,
        photographs: dataset.len(),
    };
    let ImageSize { height, width } = dataset.image_size();
    let pixels = dataset.pixels(photograph).to_vec();
    let picture = RgbImage::from_raw(width, height, pixels).ok_or_else(no_photograph)?;
    Ok(fitted(&picture, size)?.into_owned())
}

/// A picture, made as small as it must be to fit, but never larger.
fn fitted(picture: &RgbImage, size: ImageSize) -> Result<Cow<'_, RgbImage>, PrepareError> {
    let (width, height) = fitting_size(picture.dimensions(), size);
    Ok(match picture.dimensions() == (width, height) {
        true => Cow::Borrowed(picture),
        false => Cow::Owned(shrink(picture, width, height)?),
    })
}

#[cfg(test)]
mod tests {
    use fitroom_domain::Split;
    use ndarray::Array4;

    use super::*;
    use crate::dataset::Origin;

    /// One photograph of this size, with more red to the right and more green to the bottom.
    fn dataset(height: usize, width: usize) -> Dataset {
        let images = Array4::from_shape_fn((1, height, width, 3), |(_, y, x, channel)| {
            [255 * x / width, 255 * y / height, 90][channel] as u8
        });
        let origin = Origin {
            source: String::new(),
            preparation: String::new(),
            split: String::new(),
        };
        Dataset::new(
            "small".to_owned(),
            images,
            vec![Split::Validation],
            Vec::new(),
            vec!["a.png".to_owned()],
            origin,
        )
        .unwrap()
    }

    #[test]
    fn thumbnails_fit_and_are_never_enlarged() {
        for ((height, width), large, small) in [
            ((80, 60), (60, 80), (60, 80)),
            ((18, 14), (14, 18), (14, 18)),
            ((160, 120), (120, 160), (60, 80)),
            ((100, 1000), (120, 12), (60, 6)),
            ((1000, 100), (16, 160), (8, 80)),
        ] {
            let dataset = dataset(height, width);
            let size = |bytes: Vec<u8>| {
                let picture = image::load_from_memory(&bytes).unwrap();
                (picture.width(), picture.height())
            };
            assert_eq!(size(thumbnail(&dataset, 0).unwrap()), large);
            assert_eq!(size(small_thumbnail(&dataset, 0).unwrap()), small);
        }
    }

    #[test]
    fn a_small_thumbnail_is_a_jpeg_that_looks_like_the_photograph() {
        let dataset = dataset(80, 60);
        let bytes = small_thumbnail(&dataset, 0).unwrap();
        assert!(bytes.len() < 3000, "{} bytes", bytes.len());
        let format = image::guess_format(&bytes).unwrap();
        assert_eq!(format, ImageFormat::Jpeg);
        let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
        let differences = picture.as_raw().iter().zip(dataset.pixels(0));
        let mean = differences
            .map(|(one, other)| f64::from(one.abs_diff(*other)))
            .sum::<f64>()
            / 14_400.0;
        assert!(mean < 3.0, "differs by {mean} of 255 on average");
    }

    #[test]
    fn a_photograph_that_is_not_there_is_named() {
        let error = small_thumbnail(&dataset(80, 60), 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no photograph 1 in dataset `small`, which has 1"
        );
    }
}
