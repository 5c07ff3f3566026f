//! Photographs that show nearly nothing.
//!
//! Prepared pictures stand on white, so the content is what is not white. Around it lies a box.

use rayon::prelude::*;

use crate::dataset::Dataset;

/// By how much of 255 a channel must differ to be seen: the noise of JPEG does not.
const VISIBLE: u8 = 16;

/// A picture is blank if at most one in so many pixels of its content has another colour than the rest.
const ONE_IN: usize = 100;

/// A picture is tiny if its content fits into this part of it: a 20th.
const PART_OF_PICTURE: usize = 20;

/// What is wrong with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It has nearly one colour.
    Blank,
    /// What it shows fills less than a 20th of it.
    Tiny,
}

/// A picture that a network can hardly learn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoorPicture {
    /// Its position in the dataset.
    pub photograph: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Problem {
    /// The problem in words that continue "the photograph …".
    pub fn as_str(self) -> &'static str {
        match self {
            Problem::Blank => "has nearly one colour",
            Problem::Tiny => "fills less than a 20th of its frame",
        }
    }
}

/// All poor pictures, in the dataset's order.
pub(super) fn poor_pictures(dataset: &Dataset) -> Vec<PoorPicture> {
    let (photographs, _, width, _) = dataset.images.dim();
    (0..photographs)
        .into_par_iter()
        .filter_map(|photograph| {
            let problem = problem(dataset.pixels(photograph), width)?;
            Some(PoorPicture {
                photograph,
                problem,
            })
        })
        .collect()
}

/// What is wrong with a picture of height × `width` × 3 bytes.
fn problem(pixels: &[u8], width: usize) -> Option<Problem> {
    let (pixels, _) = pixels.as_chunks::<3>();
    let content: Vec<(usize, usize)> = pixels
        .iter()
        .enumerate()
        .filter(|(_, pixel)| differs(**pixel, [255; 3]))
        .map(|(place, _)| (place % width, place / width))
        .collect();
    let side = |of: fn(&(usize, usize)) -> usize| {
        let (least, most) = (content.iter().map(of).min()?, content.iter().map(of).max()?);
        Some(least..most + 1)
    };
    let (Some(columns), Some(rows)) = (side(|at| at.0), side(|at| at.1)) else {
        return Some(Problem::Blank);
    };
    let inside: Vec<[u8; 3]> = rows
        .clone()
        .flat_map(|y| columns.clone().map(move |x| y * width + x))
        .filter_map(|place| pixels.get(place).copied())
        .collect();
    if has_one_colour(&inside) {
        Some(Problem::Blank)
    } else if inside.len() * PART_OF_PICTURE < pixels.len() {
        Some(Problem::Tiny)
    } else {
        None
    }
}

/// Whether nearly all pixels have the colour in the middle of each channel.
fn has_one_colour(pixels: &[[u8; 3]]) -> bool {
    let middle = [0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = pixels.iter().map(|pixel| pixel[channel]).collect();
        let middle = values.len() / 2;
        values.sort_unstable();
        values.get(middle).copied().unwrap_or_default()
    });
    let others = pixels
        .iter()
        .filter(|pixel| differs(**pixel, middle))
        .count();
    others * ONE_IN <= pixels.len()
}

fn differs(pixel: [u8; 3], from: [u8; 3]) -> bool {
    pixel
        .iter()
        .zip(from)
        .any(|(value, from)| value.abs_diff(from) > VISIBLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of 40 × 40 pixels with this colour at each place.
    fn picture(colour: impl Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
        let place = |place: usize| colour(place % 40, place / 40);
        (0..1600).flat_map(place).collect()
    }

    #[test]
    fn pictures_of_one_colour_are_blank_with_noise_and_with_white_around_them() {
        let noise = |x: usize, y: usize| ((x * 7 + y * 13) % 9) as u8;
        for blank in [
            picture(|_, _| [255; 3]),
            picture(|x, y| [250 - noise(x, y); 3]),
            picture(|x, y| [90 + noise(x, y), 20, 160]),
            picture(|x, _| {
                if (10..30).contains(&x) {
                    [90; 3]
                } else {
                    [255; 3]
                }
            }),
        ] {
            assert_eq!(problem(&blank, 40), Some(Problem::Blank));
        }
    }

    #[test]
    fn a_picture_with_little_on_it_is_tiny_and_a_thin_one_is_not() {
        let shape = |x: usize, y: usize| {
            if (x + y).is_multiple_of(2) {
                [30; 3]
            } else {
                [200, 0, 0]
            }
        };
        let within = |columns: std::ops::Range<usize>, rows: std::ops::Range<usize>| {
            picture(|x, y| match columns.contains(&x) && rows.contains(&y) {
                true => shape(x, y),
                false => [255; 3],
            })
        };
        assert_eq!(problem(&within(15..23, 15..23), 40), Some(Problem::Tiny));
        assert_eq!(problem(&within(0..40, 18..21), 40), None);
        assert_eq!(problem(&within(0..40, 0..40), 40), None);
    }

    #[test]
    fn a_bright_product_on_white_is_seen() {
        let product = picture(|x, y| match (x / 10) % 2 == 0 && (8..32).contains(&y) {
            true => [225, 228, 230],
            false => [255; 3],
        });
        assert_eq!(problem(&product, 40), None);
    }
}
