//! Photographs that a model is wrong about, as one picture, for TensorBoard.
//!
//! ```text
//!   ┌────┐     ┌────┐
//!   │    │     │    │      one photograph after the other, row by row
//!   └────┘     └────┘
//!   boots      slippers    its true class
//! sandals 98 % boots 97 %  what it is taken for, and how surely
//! ```

use fitroom_domain::ImageSize;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::picture::{FAINT_INK, INK, PAPER, Picture, PictureError, WRONG};
use crate::picture_text::{Direction, Hold, PictureText};

/// Photographs side by side.
const COLUMNS: usize = 6;
/// A photograph is shrunk to fit, in pixels, and drawn twice or more as large where that fits too.
const MOST: ImageSize = ImageSize {
    height: 160,
    width: 120,
};
/// The least width of a photograph's place, so that names have room, in pixels.
const LEAST_WIDTH: u32 = 120;
/// The size of letters, in pixels.
const LETTERS: f32 = 12.0;
/// From one line of text to the next, in pixels.
const LINE: u32 = 17;
/// Between the places, in pixels.
const GAP: u32 = 10;

/// A photograph that a model is wrong about.
#[derive(Debug, Clone, Copy)]
pub struct PicturedMistake<'a> {
    /// Its pixels, row by row, with red, green and blue of each.
    pub pixels: &'a [u8],
    /// Whether the model got its mirror image.
    pub mirrored: bool,
    /// The name of its class.
    pub truth: &'a str,
    /// The name of the class that it is taken for.
    pub predicted: &'a str,
    /// The probability of that class, in [0, 1].
    pub confidence: f64,
}

/// The picture of these mistakes, in their order, of photographs of `size`. `None` if there are none.
///
/// # Errors
/// When a photograph is not of this size, or the picture cannot be encoded.
pub fn mistakes_picture(
    size: ImageSize,
    mistakes: &[PicturedMistake<'_>],
) -> Result<Option<Picture>, PictureError> {
    if mistakes.is_empty() {
        return Ok(None);
    }
    let text = PictureText::new()?;
    let (photograph_width, photograph_height) = shown_size(size);
    let place = photograph_width.max(LEAST_WIDTH);
    let columns = COLUMNS.min(mistakes.len());
    let rows = mistakes.len().div_ceil(columns);
    let row_height = photograph_height + 2 * LINE + GAP;
    let width = GAP + columns as u32 * (place + GAP);
    let height = GAP + LINE + rows as u32 * (row_height + GAP);
    let mut picture = RgbImage::from_pixel(width, height, PAPER);
    let write = |picture: &mut RgbImage, line: &str, color, middle: u32, y: u32| {
        let at = (middle as f32, y as f32);
        let how = (Direction::Level, Hold::Middle);
        text.draw(picture, line, LETTERS, color, at, how);
    };
    let heading = "true class, then what it was taken for";
    let heading = text.shortened(heading, LETTERS, (width - 2 * GAP) as f32);
    write(&mut picture, &heading, FAINT_INK, width / 2, GAP + LINE / 2);
    for (index, mistake) in mistakes.iter().enumerate() {
        let photograph = shown(size, mistake)?;
        let left = GAP + (index % columns) as u32 * (place + GAP);
        let top = GAP + LINE + GAP + (index / columns) as u32 * (row_height + GAP);
        let middle = left + place / 2;
        let corner = (middle - photograph_width / 2, top);
        imageops::replace(&mut picture, &photograph, corner.0.into(), corner.1.into());
        let truth = text.shortened(mistake.truth, LETTERS, place as f32);
        let below = top + photograph_height + GAP;
        write(&mut picture, &truth, INK, middle, below);
        // A confidence of 1 is a rounded one.
        let percent = (mistake.confidence * 100.0).floor().min(99.0);
        let surely = format!(" {percent} %");
        let room = place as f32 - text.length(&surely, LETTERS);
        let predicted = text.shortened(mistake.predicted, LETTERS, room);
        let line = format!("{predicted}{surely}");
        write(&mut picture, &line, Rgb(WRONG), middle, below + LINE);
    }
    Picture::of_photographs(&picture).map(Some)
}

/// The width and height that a photograph is shown in: shrunk to fit, or whole times as large.
fn shown_size(size: ImageSize) -> (u32, u32) {
    let (width, height) = (size.width.max(1), size.height.max(1));
    let times = (MOST.width / width).min(MOST.height / height);
    if times >= 1 {
        return (width * times, height * times);
    }
    let share =
        (f64::from(MOST.width) / f64::from(width)).min(f64::from(MOST.height) / f64::from(height));
    let shrunk = |side: u32| ((f64::from(side) * share).round() as u32).max(1);
    (shrunk(width), shrunk(height))
}

/// A photograph as it is shown.
fn shown(size: ImageSize, mistake: &PicturedMistake<'_>) -> Result<RgbImage, PictureError> {
    let photograph = RgbImage::from_raw(size.width, size.height, mistake.pixels.to_vec());
    let mut photograph = photograph.ok_or(PictureError::Pixels {
        found: mistake.pixels.len(),
        expected: size.width as usize * size.height as usize * 3,
    })?;
    if mistake.mirrored {
        imageops::flip_horizontal_in_place(&mut photograph);
    }
    let (width, height) = shown_size(size);
    let filter = match width < size.width {
        true => FilterType::Triangle,
        // Pixels stay what they are: this is what the model sees.
        false => FilterType::Nearest,
    };
    Ok(imageops::resize(&photograph, width, height, filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ImageSize = ImageSize {
        height: 40,
        width: 30,
    };

    /// Left half red, right half blue.
    fn pixels() -> Vec<u8> {
        let row = [[[255, 0, 0]; 15], [[0, 0, 255]; 15]];
        row.as_flattened().as_flattened().repeat(40)
    }

    fn mistake(pixels: &[u8], mirrored: bool) -> PicturedMistake<'_> {
        PicturedMistake {
            pixels,
            mirrored,
            truth: "boots",
            predicted: "female · sandals/flip flops/slippers and whatever else",
            confidence: 1.0,
        }
    }

    fn draw(mistakes: &[PicturedMistake<'_>]) -> (Picture, RgbImage) {
        let picture = mistakes_picture(SIZE, mistakes).unwrap().unwrap();
        let decoded = image::load_from_memory(&picture.png).unwrap().into_rgb8();
        assert_eq!(decoded.dimensions(), (picture.width, picture.height));
        (picture, decoded)
    }

    #[test]
    fn photographs_are_shown_larger_and_mirrored_as_the_model_got_them() {
        let pixels = pixels();
        let (_, drawn) = draw(&[mistake(&pixels, false), mistake(&pixels, true)]);
        let middle = |place: u32| GAP + place * (LEAST_WIDTH + GAP) + LEAST_WIDTH / 2;
        let y = GAP + LINE + GAP + 80;
        let at = |x: u32| drawn.get_pixel(x, y).0;
        assert_eq!(at(middle(0) - 58), [255, 0, 0], "four times as wide");
        assert_eq!(
            (at(middle(0) - 2), at(middle(0) + 2)),
            ([255, 0, 0], [0, 0, 255])
        );
        assert_eq!(
            (at(middle(1) - 2), at(middle(1) + 2)),
            ([0, 0, 255], [255, 0, 0])
        );
    }

    #[test]
    fn class_names_stand_under_each_photograph_and_differ() {
        let pixels = pixels();
        let one = mistake(&pixels, false);
        let (_, drawn) = draw(&[one, one]);
        let under = GAP + LINE + GAP + 160;
        for line in [under..under + LINE, under + LINE..under + 2 * LINE + GAP] {
            for place in 0..2 {
                let left = GAP + place * (LEAST_WIDTH + GAP);
                let dark = (line.clone())
                    .any(|y| (left..left + LEAST_WIDTH).any(|x| drawn.get_pixel(x, y).0[2] < 100));
                assert!(dark, "nothing written at {line:?} of {place}");
            }
        }
        let other = PicturedMistake {
            truth: "clogs",
            ..one
        };
        assert_ne!(draw(&[one]).0.png, draw(&[other]).0.png);
    }

    #[test]
    fn any_number_and_size_makes_a_picture_and_none_makes_none() {
        assert!(mistakes_picture(SIZE, &[]).unwrap().is_none());
        for (height, width) in [(1, 1), (3000, 40), (40, 3000), (120, 90), (161, 120)] {
            let size = ImageSize { height, width };
            let pixels = vec![128; (height * width * 3) as usize];
            for count in [1, 5, 6, 7, 100] {
                let picture = mistakes_picture(size, &vec![mistake(&pixels, false); count]);
                let picture = picture.unwrap().unwrap();
                assert!(picture.width <= 790, "{} of {size:?}", picture.width);
            }
        }
    }

    #[test]
    fn pixels_of_another_size_are_refused() {
        let error = mistakes_picture(SIZE, &[mistake(&[0; 30], false)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a photograph has 30 bytes, expected 3600"
        );
    }
}
