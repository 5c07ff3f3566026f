//! Makes any photograph one of the dataset's: same size, eight bits, red, green and blue.
//!
//! The same function serves the import and, later, the labelling of new photographs: a model must
//! never see pictures that were prepared in another way than those that it learned from.

use std::io::Cursor;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use fitroom_domain::ImageSize;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use crate::jpeg_end::is_whole;

/// What [`prepare`] does, in words: `dataset.toml` says it.
pub const PREPARATION: &str = "EXIF orientation applied, transparency on white, 8-bit RGB, shrunk \
                               (never enlarged) to fit with Lanczos3, centred on white";

/// The longest side of a photograph, in pixels.
const LONGEST_SIDE: u32 = 20_000;

/// The most memory that a decoded photograph may take, in bytes.
const DECODED_BYTES: u64 = 512 << 20;

/// Bytes of a pixel.
const CHANNELS: usize = 3;

/// Why a photograph cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The bytes are of another kind.
    #[error("is no JPEG, PNG or WebP picture")]
    Format,
    /// The picture is damaged, or of a kind that cannot be decoded.
    #[error("cannot be decoded: {0}")]
    Decode(image::ImageError),
    /// The file ends before the picture does.
    #[error("is cut off: the file ends before the picture does")]
    CutOff,
    /// The picture would take too much memory.
    #[error(
        "is {width}×{height} pixels and {bytes} bytes, expected sides of 1 to {LONGEST_SIDE} and at \
         most {DECODED_BYTES} bytes"
    )]
    Size {
        /// Columns of pixels.
        width: u32,
        /// Rows of pixels.
        height: u32,
        /// Bytes of the decoded picture.
        bytes: u64,
    },
    /// The picture cannot be shrunk.
    #[error("cannot be shrunk: {0}")]
    Shrink(String),
}

/// Decodes a photograph and makes it `size`: height × width × (red, green, blue) bytes, row by row.
///
/// # Errors
/// When the bytes are no picture, a damaged one, or one that is too large.
pub fn prepare(bytes: &[u8], size: ImageSize) -> Result<Vec<u8>, PrepareError> {
    fit(upright_on_white(bytes)?, size)
}

/// What [`prepare`] does first: the whole photograph, as people see it.
pub(crate) fn upright_on_white(bytes: &[u8]) -> Result<RgbImage, PrepareError> {
    Ok(on_white(decode(bytes)?))
}

/// What [`prepare`] does once a photograph is decoded.
pub(crate) fn fit(picture: RgbImage, size: ImageSize) -> Result<Vec<u8>, PrepareError> {
    let (width, height) = fitting_size(picture.dimensions(), size);
    let picture = if picture.dimensions() == (width, height) {
        picture.into_raw()
    } else {
        shrink(&picture, width, height)?.into_raw()
    };
    Ok(centre(&picture, width, height, size))
}

/// The upright picture.
fn decode(bytes: &[u8]) -> Result<DynamicImage, PrepareError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| PrepareError::Decode(error.into()))?;
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    if !reader
        .format()
        .is_some_and(|format| known.contains(&format))
    {
        return Err(PrepareError::Format);
    }
    if reader.format() == Some(ImageFormat::Jpeg) && !is_whole(bytes) {
        return Err(PrepareError::CutOff);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(PrepareError::Decode)?;
    let (width, height) = decoder.dimensions();
    let bytes = decoder.total_bytes();
    let sides = 1..=LONGEST_SIDE;
    if !sides.contains(&width) || !sides.contains(&height) || bytes > DECODED_BYTES {
        return Err(PrepareError::Size {
            width,
            height,
            bytes,
        });
    }
    // A picture whose metadata are damaged is shown as it lies.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(PrepareError::Decode)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Eight bits of red, green and blue; what is transparent lets white through.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let alpha = u32::from(alpha);
        let mix = |colour: u8| {
            let sum = u32::from(colour) * alpha + 255 * (255 - alpha);
            // At most 255, for both weights add up to 255.
            ((sum + 127) / 255) as u8
        };
        image::Rgb([mix(red), mix(green), mix(blue)])
    })
}

/// The largest (width, height) of the same shape that fits into `size` and is not larger than the picture.
pub(crate) fn fitting_size((width, height): (u32, u32), size: ImageSize) -> (u32, u32) {
    if width <= size.width && height <= size.height {
        return (width, height);
    }
    let scaled = |side: u32, to: u32, of: u32| {
        let (side, to, of) = (u64::from(side), u64::from(to), u64::from(of));
        u32::try_from(((2 * side * to + of) / (2 * of)).max(1)).unwrap_or(u32::MAX)
    };
    if u64::from(width) * u64::from(size.height) >= u64::from(height) * u64::from(size.width) {
        (
            size.width,
            scaled(height, size.width, width).min(size.height),
        )
    } else {
        (
            scaled(width, size.height, height).min(size.width),
            size.height,
        )
    }
}

pub(crate) fn shrink(
    picture: &RgbImage,
    width: u32,
    height: u32,
) -> Result<RgbImage, PrepareError> {
    let failed = |error: &dyn std::error::Error| PrepareError::Shrink(error.to_string());
    let (from_width, from_height) = picture.dimensions();
    // Typed: the untyped call compiles the filters for every kind of pixel, which takes minutes.
    let source = TypedImageRef::<U8x3>::from_buffer(from_width, from_height, picture.as_raw())
        .map_err(|error| failed(&error))?;
    let mut shrunk = RgbImage::new(width, height);
    let mut pixels = TypedImage::<U8x3>::from_buffer(width, height, &mut shrunk)
        .map_err(|error| failed(&error))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new()
        .resize_typed(&source, &mut pixels, &options)
        .map_err(|error| failed(&error))?;
    Ok(shrunk)
}

/// The picture in the middle of a white one of the right size.
fn centre(picture: &[u8], width: u32, height: u32, size: ImageSize) -> Vec<u8> {
    let (width, full_width) = (width as usize, size.width as usize);
    let (height, full_height) = (height as usize, size.height as usize);
    let top = (full_height - height) / 2;
    let left = (full_width - width) / 2;
    let mut canvas = vec![255; full_height * full_width * CHANNELS];
    let rows = canvas
        .chunks_exact_mut(full_width * CHANNELS)
        .skip(top)
        .zip(picture.chunks_exact(width * CHANNELS));
    for (canvas_row, row) in rows {
        for (pixel, value) in canvas_row.iter_mut().skip(left * CHANNELS).zip(row) {
            *pixel = *value;
        }
    }
    canvas
}

#[cfg(test)]
mod tests;
