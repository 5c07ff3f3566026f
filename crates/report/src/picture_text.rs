//! Text in pictures, in a font of our own: a container has none.

use ab_glyph::{Font, FontRef, InvalidFont, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

/// Latin, Greek and Cyrillic letters of DejaVu Sans Condensed; other characters are drawn as boxes.
const FONT: &[u8] = include_bytes!("../font/DejaVuSansCondensed-subset.ttf");

/// Draws text in that font.
#[derive(Debug)]
pub(crate) struct PictureText {
    font: FontRef<'static>,
}

/// How a line of text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From left to right.
    Level,
    /// From bottom to top.
    Upright,
}

/// Where along its own direction a line of text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

impl PictureText {
    /// The font.
    pub(crate) fn new() -> Result<PictureText, InvalidFont> {
        let font = FontRef::try_from_slice(FONT)?;
        Ok(PictureText { font })
    }

    /// How long a line is, in pixels. `size` is the height of the font's em in pixels.
    pub(crate) fn length(&self, text: &str, size: f32) -> f32 {
        let font = self.font.as_scaled(self.scale(size));
        text.chars()
            .map(|character| font.h_advance(font.glyph_id(character)))
            .sum()
    }

    /// As much of `text` as is not longer than `most` pixels, with `…` for the rest.
    pub(crate) fn shortened(&self, text: &str, size: f32, most: f32) -> String {
        if self.length(text, size) <= most {
            return text.to_owned();
        }
        let room = most - self.length("…", size);
        let font = self.font.as_scaled(self.scale(size));
        let mut length = 0.0;
        let kept: String = text
            .chars()
            .take_while(|character| {
                length += font.h_advance(font.glyph_id(*character));
                length <= room
            })
            .collect();
        format!("{}…", kept.trim_end())
    }

    /// Draws a line whose letters are centred on `at` across their direction, and held there along it.
    /// What lies outside of the picture is left out.
    pub(crate) fn draw(
        &self,
        picture: &mut RgbImage,
        text: &str,
        size: f32,
        color: Rgb<u8>,
        at: (f32, f32),
        (direction, hold): (Direction, Hold),
    ) {
        let scale = self.scale(size);
        let font = self.font.as_scaled(scale);
        let length = self.length(text, size);
        let start = match hold {
            Hold::Middle => (-length / 2.0).round(),
            Hold::End => -length,
        };
        // Capital letters are this high above the line, so that half of it is their middle.
        let line = (0.73 * size / 2.0).round();
        let mut along = start;
        for character in text.chars() {
            let id = font.glyph_id(character);
            // Only along its direction may a letter lie between pixels: lines stay sharp at their feet.
            let (across, advance) = match direction {
                Direction::Level => (at.1.round() + line, at.0 + along),
                Direction::Upright => (at.0.round() + line, at.1 - along),
            };
            along += font.h_advance(id);
            let whole = advance.floor();
            let part = match direction {
                Direction::Level => advance - whole,
                Direction::Upright => 1.0 - (advance - whole),
            };
            let Some(outline) = self
                .font
                .outline_glyph(id.with_scale_and_position(scale, point(part, 0.0)))
            else {
                continue;
            };
            let bounds = outline.px_bounds();
            outline.draw(|x, y, coverage| {
                let (x, y) = (x as f32 + bounds.min.x, y as f32 + bounds.min.y);
                let (x, y) = match direction {
                    Direction::Level => (whole + x, across + y),
                    Direction::Upright => (across + y, whole - x),
                };
                blend(picture, (x, y), color, coverage);
            });
        }
    }

    /// ab_glyph scales by the height from the lowest to the highest letter.
    fn scale(&self, size: f32) -> PxScale {
        let em = self.font.units_per_em().unwrap_or(2048.0);
        PxScale::from(size * self.font.height_unscaled() / em)
    }
}

/// Mixes a colour into a pixel, if it lies in the picture; `share` of 1 covers it.
fn blend(picture: &mut RgbImage, (x, y): (f32, f32), Rgb(color): Rgb<u8>, share: f32) {
    if x < 0.0 || y < 0.0 {
        return;
    }
    if let Some(Rgb(pixel)) = picture.get_pixel_mut_checked(x as u32, y as u32) {
        let share = share.clamp(0.0, 1.0);
        for (below, above) in pixel.iter_mut().zip(color) {
            let mixed = f32::from(*below) * (1.0 - share) + f32::from(above) * share;
            *below = mixed.round() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> PictureText {
        PictureText::new().unwrap()
    }

    #[test]
    fn the_letters_of_class_names_are_in_the_font() {
        for character in "aZ09 ·—…äßéøłžőğșΩжЯễ&/'’„“€".chars() {
            assert_ne!(text().font.glyph_id(character).0, 0, "{character}");
        }
    }

    #[test]
    fn a_line_is_shortened_to_its_room() {
        let name = "female · sandals/flip flops/slippers";
        let short = text().shortened(name, 13.0, 100.0);
        assert!(
            short.starts_with("female · s") && short.ends_with('…'),
            "{short}"
        );
        assert!(text().length(&short, 13.0) <= 100.0);
        assert_eq!(text().shortened("boots", 13.0, 100.0), "boots");
        assert_eq!(text().shortened("boots", 13.0, 0.0), "…");
    }

    #[test]
    fn any_text_is_drawn_and_stays_in_the_picture() {
        let mut picture = RgbImage::from_pixel(40, 30, Rgb([255; 3]));
        for name in [
            "",
            "靴 👢 \u{0}\u{7}\n\u{301}\u{200f}\u{10ffff}",
            &"W".repeat(10_000),
        ] {
            for direction in [Direction::Level, Direction::Upright] {
                for at in [(0.0, 0.0), (39.0, 29.0), (-50.0, 1e9)] {
                    let how = (direction, Hold::Middle);
                    text().draw(&mut picture, name, 13.0, Rgb([0; 3]), at, how);
                }
            }
        }
        assert!(picture.pixels().any(|pixel| pixel.0[0] < 100));
    }
}
