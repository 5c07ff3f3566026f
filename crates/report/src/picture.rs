//! Pictures made of pixels: their colours, and how they are encoded.

use ab_glyph::InvalidFont;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError, Rgb, RgbImage};

pub(crate) const INK: Rgb<u8> = Rgb([32, 33, 36]);
pub(crate) const FAINT_INK: Rgb<u8> = Rgb([150, 153, 158]);
pub(crate) const PAPER: Rgb<u8> = Rgb([255, 255, 255]);
/// As in the report: right answers are blue, wrong ones orange.
pub(crate) const RIGHT: [u8; 3] = [0, 114, 178];
pub(crate) const WRONG: [u8; 3] = [213, 94, 0];

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// RGB, 8 bits for each channel.
    pub png: Vec<u8>,
}

/// A picture that could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Nobody could read it.
    #[error(
        "{found} classes are too many for a picture of a confusion matrix, expected at most {most}"
    )]
    TooManyClasses {
        /// The task's classes.
        found: usize,
        /// Those that can be read.
        most: usize,
    },
    /// The matrix is not of the classes that were laid out.
    #[error("the confusion matrix has {found} classes, expected {expected}")]
    OtherClasses {
        /// Its classes.
        found: usize,
        /// Those laid out.
        expected: usize,
    },
    /// A photograph's pixels are not of its size.
    #[error("a photograph has {found} bytes, expected {expected}")]
    Pixels {
        /// Its bytes.
        found: usize,
        /// Three for each pixel.
        expected: usize,
    },
    /// The font in this program is broken.
    #[error("failed to read the font")]
    Font(#[from] InvalidFont),
    /// The drawing library refused.
    #[error("failed to draw the confusion matrix: {0}")]
    Draw(String),
    /// The picture could not be encoded.
    #[error("failed to encode the picture")]
    Encode(#[from] ImageError),
}

impl Picture {
    /// Encodes areas of few colours.
    pub(crate) fn of_areas(picture: &RgbImage) -> Result<Picture, PictureError> {
        encode(picture, FilterType::NoFilter)
    }

    /// Encodes photographs, in which a pixel is like the one above it.
    pub(crate) fn of_photographs(picture: &RgbImage) -> Result<Picture, PictureError> {
        encode(picture, FilterType::Up)
    }
}

fn encode(picture: &RgbImage, filter: FilterType) -> Result<Picture, PictureError> {
    let (width, height) = picture.dimensions();
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Level(1), filter).write_image(
        picture,
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(Picture { width, height, png })
}
