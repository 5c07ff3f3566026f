//! A confusion matrix as a picture, for TensorBoard.
//!
//! ```text
//!         boots │ 31  2  0 │
//! true  sandals │  4 27  1 │   one row for each true class, tinted by each cell's share of its row
//!       slippers│  0  3 40 │
//!                 boots …     upright where a name is wider than its column
//!                predicted
//! ```

use fitroom_domain::ConfusionMatrix;
use image::{Rgb, RgbImage};
use plotters::prelude::*;

use crate::picture::{FAINT_INK, INK, PAPER, Picture, PictureError, RIGHT, WRONG};
use crate::picture_text::{Direction, Hold, PictureText};

/// More classes than this make no picture that anybody can read.
const MOST_CLASSES: usize = 100;
/// The size of letters, in pixels.
const LETTERS: f32 = 13.0;
/// Longer names are shortened, in pixels.
const LONGEST_NAME: f32 = 200.0;
/// Between names and cells, and at the picture's edges, in pixels.
const GAP: u32 = 8;
/// Room for the words `true` and `predicted`, in pixels.
const AXIS: u32 = 22;
/// The width that pictures of few classes have, in pixels.
const WIDTH: u32 = 500;

const FRAME: RGBColor = RGBColor(190, 193, 198);
/// Strengths of a colour beside none.
const TINTS: f32 = 24.0;

/// The confusion matrices of one task, whose names are laid out and drawn once.
#[derive(Debug)]
pub struct ConfusionPicture {
    text: PictureText,
    classes: usize,
    /// Side of a cell, in pixels.
    cell: u32,
    /// Where the cells begin, in pixels.
    left: u32,
    top: u32,
    /// Everything but the cells.
    blank: RgbImage,
}

impl ConfusionPicture {
    /// Lays out matrices of these classes, of which there are 1 to 100.
    ///
    /// # Errors
    /// When there are too many classes.
    pub fn new(names: &[&str]) -> Result<ConfusionPicture, PictureError> {
        let classes = names.len();
        if classes > MOST_CLASSES {
            return Err(PictureError::TooManyClasses {
                found: classes,
                most: MOST_CLASSES,
            });
        }
        let text = PictureText::new()?;
        // Many classes have small cells, and letters no higher than these.
        let most = (1400 / classes.max(1) as u32).clamp(10, 110);
        let size = LETTERS.min(most as f32 - 1.0);
        let names: Vec<String> = names
            .iter()
            .map(|name| text.shortened(name, size, LONGEST_NAME))
            .collect();
        let longest = names
            .iter()
            .map(|name| text.length(name, size).ceil() as u32)
            .max()
            .unwrap_or(0);
        let left = AXIS + GAP + longest + GAP;
        let cell =
            (WIDTH.saturating_sub(left + GAP) / classes.max(1) as u32).clamp(44.min(most), most);
        let level = longest + GAP <= cell;
        let below = if level { LETTERS as u32 } else { longest };
        let cells = cell * classes as u32;
        let (width, height) = (left + cells + GAP, GAP + cells + GAP + below + GAP + AXIS);
        let mut blank = RgbImage::from_pixel(width, height, PAPER);
        let top = GAP;
        for (class, name) in names.iter().enumerate() {
            let middle = (class as f32 + 0.5) * cell as f32;
            let row = ((left - GAP) as f32, top as f32 + middle);
            text.draw(
                &mut blank,
                name,
                size,
                INK,
                row,
                (Direction::Level, Hold::End),
            );
            let under = (top + cells + GAP) as f32;
            let (column, how) = match level {
                true => (
                    (left as f32 + middle, under + size / 2.0),
                    (Direction::Level, Hold::Middle),
                ),
                false => (
                    (left as f32 + middle, under),
                    (Direction::Upright, Hold::End),
                ),
            };
            text.draw(&mut blank, name, size, INK, column, how);
        }
        let middle = cells as f32 / 2.0;
        let across = AXIS as f32 / 2.0;
        let predicted = (left as f32 + middle, height as f32 - across);
        text.draw(
            &mut blank,
            "predicted",
            LETTERS,
            FAINT_INK,
            predicted,
            (Direction::Level, Hold::Middle),
        );
        let truth = (across, top as f32 + middle);
        text.draw(
            &mut blank,
            "true",
            LETTERS,
            FAINT_INK,
            truth,
            (Direction::Upright, Hold::Middle),
        );
        Ok(ConfusionPicture {
            text,
            classes,
            cell,
            left,
            top,
            blank,
        })
    }

    /// The picture of one matrix.
    ///
    /// # Errors
    /// When the matrix is not of these classes.
    pub fn draw(&self, matrix: &ConfusionMatrix) -> Result<Picture, PictureError> {
        if matrix.classes() != self.classes {
            return Err(PictureError::OtherClasses {
                found: matrix.classes(),
                expected: self.classes,
            });
        }
        let mut picture = self.blank.clone();
        self.draw_cells(&mut picture, matrix)
            .map_err(|error| PictureError::Draw(error.to_string()))?;
        for truth in 0..self.classes {
            for predicted in 0..self.classes {
                self.draw_count(&mut picture, matrix, (truth, predicted));
            }
        }
        Picture::of_areas(&picture)
    }

    fn draw_cells(
        &self,
        picture: &mut RgbImage,
        matrix: &ConfusionMatrix,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let size = picture.dimensions();
        let area = BitMapBackend::with_buffer(picture, size).into_drawing_area();
        for truth in 0..self.classes {
            for predicted in 0..self.classes {
                let Rgb([red, green, blue]) = tint(matrix, truth, predicted);
                let (x, y) = self.corner(truth, predicted);
                let side = self.cell as i32;
                let corners = [(x, y), (x + side, y + side)];
                area.draw(&Rectangle::new(
                    corners,
                    RGBColor(red, green, blue).filled(),
                ))?;
                area.draw(&Rectangle::new(corners, FRAME))?;
            }
        }
        area.present()?;
        Ok(())
    }

    fn draw_count(
        &self,
        picture: &mut RgbImage,
        matrix: &ConfusionMatrix,
        (truth, predicted): (usize, usize),
    ) {
        let count = matrix.count(truth, predicted);
        let Rgb([red, green, blue]) = tint(matrix, truth, predicted);
        let light = 0.3 * f32::from(red) + 0.6 * f32::from(green) + 0.1 * f32::from(blue);
        let color = match count {
            0 => FAINT_INK,
            _ if light < 140.0 => PAPER,
            _ => INK,
        };
        let count = count.to_string();
        let room = self.cell as f32 - 4.0;
        let fitting = room / self.text.length(&count, 1.0);
        let size = fitting.min(room).min(LETTERS + 1.0);
        let (x, y) = self.corner(truth, predicted);
        let half = self.cell as f32 / 2.0;
        let middle = (x as f32 + half, y as f32 + half);
        let how = (Direction::Level, Hold::Middle);
        self.text.draw(picture, &count, size, color, middle, how);
    }

    /// The upper left corner of a cell.
    fn corner(&self, truth: usize, predicted: usize) -> (i32, i32) {
        let at = |start: u32, class: usize| (start + class as u32 * self.cell) as i32;
        (at(self.left, predicted), at(self.top, truth))
    }
}

/// The colour of a cell: the stronger, the larger its share of its row. Even one mistake of a thousand is
/// tinted, and in steps, for few colours make a small file.
fn tint(matrix: &ConfusionMatrix, truth: usize, predicted: usize) -> Rgb<u8> {
    let count = matrix.count(truth, predicted);
    if count == 0 {
        return PAPER;
    }
    let share = count as f32 / matrix.support(truth) as f32;
    let strength = (share * TINTS).ceil() / TINTS;
    let full = if truth == predicted { RIGHT } else { WRONG };
    Rgb(full.map(|channel| (255.0 + (f32::from(channel) - 255.0) * strength).round() as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["cross", "disc", "square"];

    fn matrix(classes: usize, pairs: &[(usize, usize)]) -> ConfusionMatrix {
        ConfusionMatrix::new(classes, pairs.iter().copied()).unwrap()
    }

    fn pixels(picture: &Picture) -> RgbImage {
        let decoded = image::load_from_memory(&picture.png).unwrap().into_rgb8();
        assert_eq!(decoded.dimensions(), (picture.width, picture.height));
        decoded
    }

    /// The colour near the upper left corner of a cell, where no count is.
    fn color(
        layout: &ConfusionPicture,
        pixels: &RgbImage,
        truth: usize,
        predicted: usize,
    ) -> Rgb<u8> {
        let (x, y) = layout.corner(truth, predicted);
        *pixels.get_pixel(x as u32 + 3, y as u32 + 3)
    }

    #[test]
    fn rows_are_true_classes_and_columns_predicted_ones() {
        let layout = ConfusionPicture::new(&NAMES).unwrap();
        let drawn = layout
            .draw(&matrix(3, &[(0, 2), (0, 0), (0, 0), (0, 0), (1, 1)]))
            .unwrap();
        let pixels = pixels(&drawn);
        assert_eq!(color(&layout, &pixels, 2, 0), PAPER);
        assert_eq!(color(&layout, &pixels, 1, 1), Rgb(RIGHT));
        let Rgb([red, _, blue]) = color(&layout, &pixels, 0, 2);
        assert!(red > blue, "a mistake is not orange");
        let Rgb([red, _, blue]) = color(&layout, &pixels, 0, 0);
        assert!(red < blue, "a right answer is not blue");
    }

    #[test]
    fn one_mistake_among_thousands_is_seen() {
        let mut pairs = vec![(0, 0); 5000];
        pairs.push((0, 1));
        assert_ne!(tint(&matrix(2, &pairs), 0, 1), PAPER);
    }

    #[test]
    fn other_counts_are_other_pictures_of_the_same_size() {
        let layout = ConfusionPicture::new(&NAMES).unwrap();
        let one = layout.draw(&matrix(3, &[(0, 0)])).unwrap();
        let two = layout.draw(&matrix(3, &[(0, 0), (0, 0)])).unwrap();
        assert_ne!(one.png, two.png);
        assert_eq!((one.width, one.height), (two.width, two.height));
    }

    #[test]
    fn the_cells_of_any_number_of_classes_lie_in_the_picture() {
        let long = "female · sandals/flip flops/slippers and whatever else there is 靴";
        for classes in [1, 2, 11, 40, MOST_CLASSES] {
            let layout = ConfusionPicture::new(&vec![long; classes]).unwrap();
            let drawn = layout.draw(&matrix(classes, &[(0, 0); 3])).unwrap();
            let (x, y) = layout.corner(classes, classes);
            assert!(
                (x as u32) < drawn.width && (y as u32) < drawn.height,
                "{classes}"
            );
            assert!(drawn.width < 1800 && drawn.height < 1800, "{classes}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let error = ConfusionPicture::new(&["a"; 101]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "101 classes are too many for a picture of a confusion matrix, expected at most 100"
        );
        let error = ConfusionPicture::new(&NAMES)
            .unwrap()
            .draw(&matrix(2, &[]))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the confusion matrix has 2 classes, expected 3"
        );
    }
}
