//! Finds photographs that are identical or nearly so, which must not lie on two sides of a split.
//!
//! Two prepared pictures are nearly identical when their difference hashes differ in at most
//! [`HASH_DISTANCE`] of 64 bits and their pixels by at most [`PIXEL_DISTANCE`] of 255 on average. The
//! hash finds candidates fast; the pixels decide, for products on white have similar hashes anyway.
//! Whatever is nearly identical to a member of a group belongs to the group.
//!
//! The limits were chosen on a shop's catalogue of 10,287 pictures. Up to 2, pairs show the same product
//! photographed once, stored twice or in another colour, and their hashes differ in at most 2 bits;
//! above 3 the number of pairs explodes, with different products of the same outline.

use std::collections::HashMap;

use ndarray::Array4;
use rayon::prelude::*;

/// The most bits in which the difference hashes of nearly identical pictures differ.
pub const HASH_DISTANCE: u32 = 4;

/// The most by which the pixels of nearly identical pictures differ on average, of 255.
pub const PIXEL_DISTANCE: u64 = 2;

/// By how much of 255 a cell must be brighter than its neighbour for the hash to say so: the noise of
/// JPEG on a white background must not decide.
const BRIGHTER: u64 = 2;

/// The grid of cells whose brightness the hash compares with that of the next in the row.
const CELL_ROWS: usize = 8;
const CELL_COLUMNS: usize = 9;

/// How many pictures are compared with all that follow them before groups are joined. Members of one
/// group need not be compared again, and the pairs of one block fit into memory.
const BLOCK: usize = 256;

/// For each picture the position of the first picture of its group, which for most is their own.
/// `images` is number × height × width × 3. It takes time with the square of the number of pictures.
pub fn near_identical_groups(images: &Array4<u8>) -> Vec<usize> {
    let (_, height, width, channels) = images.dim();
    let images = images.as_standard_layout();
    let bytes_each = (height * width * channels).max(1);
    let pictures: Vec<&[u8]> = images
        .as_slice()
        .unwrap_or_default()
        .chunks_exact(bytes_each)
        .collect();

    let mut groups = Groups::new(pictures.len());
    // Of each set of equal pictures, one is enough to find those that are like them.
    let mut firsts: HashMap<&[u8], usize> = HashMap::new();
    let mut unequal = Vec::new();
    for (position, pixels) in pictures.iter().enumerate() {
        match firsts.get(pixels) {
            Some(first) => groups.join(*first, position),
            None => {
                firsts.insert(pixels, position);
                unequal.push(position);
            }
        }
    }
    let candidates: Vec<Candidate<'_>> = unequal
        .into_par_iter()
        .map(|position| Candidate::new(position, pictures[position], height, width))
        .collect();
    for start in (0..candidates.len()).step_by(BLOCK) {
        let known = groups.flat();
        let end = candidates.len().min(start + BLOCK);
        let pairs: Vec<(usize, usize)> = (start..end)
            .into_par_iter()
            .flat_map_iter(|number| {
                let (first, known) = (&candidates[number], &known);
                candidates[number + 1..]
                    .iter()
                    .filter(move |second| known[first.position] != known[second.position])
                    .filter(move |second| first.distance_if_alike(second).is_some())
                    .map(move |second| (first.position, second.position))
            })
            .collect();
        for (first, second) in pairs {
            groups.join(first, second);
        }
    }
    groups.flat()
}

/// A picture with what makes comparing it fast.
pub(crate) struct Candidate<'a> {
    /// Its position in the dataset.
    pub(crate) position: usize,
    hash: u64,
    cells: [u32; CELL_ROWS * CELL_COLUMNS],
    pixels: &'a [u8],
}

impl Candidate<'_> {
    /// `pixels` are height × width × 3.
    pub(crate) fn new(
        position: usize,
        pixels: &[u8],
        height: usize,
        width: usize,
    ) -> Candidate<'_> {
        let cells = cell_sums(pixels, height, width);
        Candidate {
            position,
            hash: difference_hash(&cells, height, width),
            cells,
            pixels,
        }
    }

    /// By how much of 255 the pixels of two nearly identical pictures differ on average; `None` if the
    /// pictures are not nearly identical.
    pub(crate) fn distance_if_alike(&self, other: &Candidate<'_>) -> Option<f64> {
        let values = self.pixels.len() as u64;
        let most = PIXEL_DISTANCE * values;
        // The differences of the sums are at most the sum of the differences, and much faster to take.
        if (self.hash ^ other.hash).count_ones() > HASH_DISTANCE
            || difference_of_cells(&self.cells, &other.cells) > most
        {
            return None;
        }
        let difference = difference_of_pixels(self.pixels, other.pixels);
        (difference <= most).then(|| difference as f64 / values.max(1) as f64)
    }
}

fn difference_of_cells(first: &[u32], second: &[u32]) -> u64 {
    let pairs = first.iter().zip(second);
    pairs
        .map(|(first, second)| u64::from(first.abs_diff(*second)))
        .sum()
}

/// The sum of the differences of all pixels.
fn difference_of_pixels(first: &[u8], second: &[u8]) -> u64 {
    // Sums of 32 bits over parts that cannot overflow them are several times faster than of 64 bits.
    let part = |(first, second): (&[u8], &[u8])| -> u32 {
        let pairs = first.iter().zip(second);
        pairs
            .map(|(first, second)| u32::from(first.abs_diff(*second)))
            .sum()
    };
    first
        .chunks(1 << 16)
        .zip(second.chunks(1 << 16))
        .map(|parts| u64::from(part(parts)))
        .sum()
}

/// The sums of all values in each cell of a grid over the picture. A picture with fewer rows or columns
/// than the grid has one cell for each, and leaves the others empty.
fn cell_sums(pixels: &[u8], height: usize, width: usize) -> [u32; CELL_ROWS * CELL_COLUMNS] {
    let (rows, columns) = (CELL_ROWS.min(height), CELL_COLUMNS.min(width));
    let mut sums = [0; CELL_ROWS * CELL_COLUMNS];
    for (y, row) in pixels.chunks_exact(width * 3).enumerate() {
        let start = y * rows / height * CELL_COLUMNS;
        for (x, pixel) in row.chunks_exact(3).enumerate() {
            let value: u32 = pixel.iter().map(|value| u32::from(*value)).sum();
            sums[start + x * columns / width] += value;
        }
    }
    sums
}

/// For each of at most 8 × 8 neighbouring pairs of cells in a row, whether the left one is clearly brighter.
fn difference_hash(cells: &[u32; CELL_ROWS * CELL_COLUMNS], height: usize, width: usize) -> u64 {
    let (rows, columns) = (CELL_ROWS.min(height), CELL_COLUMNS.min(width));
    let values_of_cell = (height * width * 3 / (rows * columns)) as u64;
    cells
        .chunks_exact(CELL_COLUMNS)
        .flat_map(|row| row[..columns].windows(2))
        .map(|pair| u64::from(pair[0]) > u64::from(pair[1]) + BRIGHTER * values_of_cell)
        .fold(0, |hash, brighter| (hash << 1) | u64::from(brighter))
}

/// Sets of pictures that belong together.
struct Groups {
    /// For each picture one of its group, with a lower position or its own.
    towards_first: Vec<usize>,
}

impl Groups {
    fn new(pictures: usize) -> Groups {
        Groups {
            towards_first: (0..pictures).collect(),
        }
    }

    fn first_of(&mut self, picture: usize) -> usize {
        let mut picture = picture;
        while self.towards_first[picture] != picture {
            let next = self.towards_first[picture];
            // Halves the way for the next time.
            self.towards_first[picture] = self.towards_first[next];
            picture = self.towards_first[picture];
        }
        picture
    }

    fn join(&mut self, first: usize, second: usize) {
        let (first, second) = (self.first_of(first), self.first_of(second));
        self.towards_first[first.max(second)] = first.min(second);
    }

    /// For each picture the first of its group.
    fn flat(&mut self) -> Vec<usize> {
        (0..self.towards_first.len())
            .map(|picture| self.first_of(picture))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four pictures of 20 × 16 pixels: a dark shape on white, the same with noise, the same moved to the
    /// side, and the first again.
    fn pictures() -> Array4<u8> {
        Array4::from_shape_fn((4, 20, 16, 3), |(picture, y, x, _)| {
            let left = if picture == 2 { 8 } else { 3 };
            let dark = (5..15).contains(&y) && (left..left + 5).contains(&x);
            let noise = if picture == 1 {
                ((x * 7 + y * 5) % 3) as u8
            } else {
                0
            };
            if dark { 40 + noise } else { 255 - noise }
        })
    }

    #[test]
    fn copies_and_noisy_copies_form_a_group() {
        assert_eq!(near_identical_groups(&pictures()), [0, 0, 2, 0]);
    }

    #[test]
    fn a_product_in_a_clearly_different_colour_is_another() {
        let mut pictures = pictures();
        pictures.mapv_inplace(|value| if value < 60 { value + 100 } else { value });
        let mut both = ndarray::concatenate![ndarray::Axis(0), self::pictures(), pictures];
        assert_eq!(near_identical_groups(&both), [0, 0, 2, 0, 4, 4, 6, 4]);
        both.swap_axes(1, 2);
        assert_eq!(near_identical_groups(&both), [0, 0, 2, 0, 4, 4, 6, 4]);
    }

    #[test]
    fn neighbours_of_neighbours_belong_together() {
        // Each step is near the next, but the last is far from the first.
        let steps = Array4::from_shape_fn((600, 4, 4, 3), |(picture, ..)| (picture / 4) as u8);
        assert_eq!(near_identical_groups(&steps), [0; 600]);
        let far = Array4::from_shape_fn((40, 4, 4, 3), |(picture, ..)| (picture * 6) as u8);
        assert_eq!(near_identical_groups(&far), (0..40).collect::<Vec<_>>());
    }

    #[test]
    fn pictures_smaller_than_the_hash_and_none_at_all_are_compared() {
        assert_eq!(near_identical_groups(&Array4::zeros((2, 1, 1, 3))), [0, 0]);
        assert!(near_identical_groups(&Array4::zeros((0, 1, 1, 3))).is_empty());
    }
}
