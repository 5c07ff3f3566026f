//! Prepared photographs by themselves: all that a model needs to see.

use fitroom_domain::{CHANNELS, ImageSize};

use crate::dataset::Dataset;

/// Photographs of one size, one after the other. Borrowed: no pixel is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pictures<'a> {
    size: ImageSize,
    pixels: &'a [u8],
    bytes_each: usize,
}

/// Bytes that are no photographs of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{bytes} bytes are no pictures of {}×{} pixels and {CHANNELS} bytes each, one or more",
    size.height,
    size.width
)]
pub struct NoPictures {
    /// The size that they should have.
    pub size: ImageSize,
    /// How many bytes there are.
    pub bytes: usize,
}

impl<'a> Pictures<'a> {
    /// Photographs as [`crate::prepare`] makes them, one after the other.
    ///
    /// # Errors
    /// When the bytes are not those of a whole number of photographs, at least one.
    pub fn new(size: ImageSize, pixels: &'a [u8]) -> Result<Pictures<'a>, NoPictures> {
        let bytes_each = (u64::from(size.height) * u64::from(size.width))
            .checked_mul(CHANNELS)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .filter(|bytes| !pixels.is_empty() && *bytes > 0 && pixels.len().is_multiple_of(*bytes))
            .ok_or(NoPictures {
                size,
                bytes: pixels.len(),
            })?;
        Ok(Pictures {
            size,
            pixels,
            bytes_each,
        })
    }

    /// The size of each.
    pub fn size(&self) -> ImageSize {
        self.size
    }

    /// All bytes: number × height × width × (red, green, blue).
    pub fn pixels(&self) -> &'a [u8] {
        self.pixels
    }

    /// How many there are, at least one.
    pub fn count(&self) -> usize {
        self.pixels.len() / self.bytes_each
    }
}

impl Dataset {
    /// Its photographs. `None` if somebody put others there whose pixels do not lie in one piece, row by row.
    pub fn pictures(&self) -> Option<Pictures<'_>> {
        Pictures::new(self.image_size(), self.images.as_slice()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Origin;
    use fitroom_domain::Split;
    use ndarray::Array4;

    const SIZE: ImageSize = ImageSize {
        height: 4,
        width: 5,
    };

    #[test]
    fn only_whole_photographs_are_pictures() {
        let pixels = [7; 240];
        for (bytes, count) in [(60, 1), (120, 2), (240, 4)] {
            let pictures = Pictures::new(SIZE, &pixels[..bytes]).unwrap();
            assert_eq!((pictures.size(), pictures.count()), (SIZE, count));
            assert_eq!(pictures.pixels(), &pixels[..bytes]);
        }
        for bytes in [0, 1, 59, 61, 90] {
            let error = Pictures::new(SIZE, &pixels[..bytes]).unwrap_err();
            let expected = format!(
                "{bytes} bytes are no pictures of 4×5 pixels and 3 bytes each, one or more"
            );
            assert_eq!(error.to_string(), expected);
        }
        for (height, width) in [(0, 5), (4, 0), (u32::MAX, u32::MAX)] {
            assert!(Pictures::new(ImageSize { height, width }, &pixels).is_err());
        }
    }

    #[test]
    fn a_datasets_pictures_are_its_own_memory_while_it_lies_in_one_piece() {
        let images = Array4::from_shape_fn((2, 4, 5, 3), |(n, y, x, c)| {
            (n * 60 + y * 15 + x * 3 + c) as u8
        });
        let origin = Origin {
            source: String::new(),
            preparation: String::new(),
            split: String::new(),
        };
        let paths = ["a.png", "b.png"].map(str::to_owned).to_vec();
        let splits = vec![Split::Train; 2];
        let mut dataset = Dataset::new(
            "small".to_owned(),
            images,
            splits,
            Vec::new(),
            paths,
            origin,
        )
        .unwrap();
        let pictures = dataset.pictures().unwrap();
        assert_eq!((pictures.size(), pictures.count()), (SIZE, 2));
        assert_eq!(&pictures.pixels()[60..], dataset.pixels(1));
        assert!(std::ptr::eq(
            &pictures.pixels()[0],
            &dataset.images[[0, 0, 0, 0]]
        ));
        dataset.images.swap_axes(1, 2);
        assert_eq!(dataset.pictures(), None);
    }
}
