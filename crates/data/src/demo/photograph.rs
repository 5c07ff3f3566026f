//! Takes the photograph: lamp, camera and all that they add.

use fitroom_domain::ImageSize;
use image::{Rgb, RgbImage};

use super::DrawDemoError;
use super::canvas::{Canvas, HEIGHT, WIDTH};
use super::chance::Chance;
use super::draw_glasses::draw_glasses;
use super::draw_shoe::draw_shoe;
use super::draw_trousers::draw_trousers;
use super::glasses::Glasses;
use super::shoe_types::shoe_of;
use super::taxonomy::Product;
use super::trousers::Trousers;
use crate::picture::fit;

/// The deviation of the sensor's noise from pixel to pixel, before the picture is shrunk.
const NOISE: f32 = 5.0;

/// A photograph of a product as it lies in the dataset.
///
/// # Errors
/// When memory is short.
pub(super) fn photograph(
    product: Product,
    size: ImageSize,
    chance: &mut Chance,
) -> Result<Vec<u8>, DrawDemoError> {
    let mut canvas = Canvas::new().ok_or(DrawDemoError::Memory)?;
    match product {
        Product::Trousers(gender, kind) => {
            let trousers = Trousers::of(gender, kind, chance);
            draw_trousers(&mut canvas, &trousers, chance);
        }
        Product::Shoe(gender, kind) => {
            let shoe = shoe_of(gender, kind, chance);
            draw_shoe(&mut canvas, &shoe, chance);
        }
        Product::Glasses(kind) => {
            let glasses = Glasses::of(kind, chance);
            draw_glasses(&mut canvas, &glasses, chance);
        }
    }
    Ok(fit(expose(canvas, chance), size)?)
}

/// The lamp is brighter or darker, warmer or colder, and the sensor is noisy.
fn expose(canvas: Canvas, chance: &mut Chance) -> RgbImage {
    let brightness = chance.around(1.02, 0.03);
    let warmth = chance.around(0.0, 0.012);
    let lamp = [1.0 + warmth, 1.0, 1.0 - warmth].map(|channel| channel * brightness);
    let dark = chance.between(0.0, 14.0);
    let pixels = canvas.into_pixels();
    let mut pixels = pixels.iter();
    RgbImage::from_fn(WIDTH, HEIGHT, |_, _| {
        let pixel = pixels.next().copied().unwrap_or([255; 3]);
        let noise = chance.around(0.0, NOISE);
        let mut exposed = pixel;
        for (value, lamp) in exposed.iter_mut().zip(lamp) {
            let light = dark + f32::from(*value) * (255.0 - dark) / 255.0;
            *value = (light * lamp + noise).round().clamp(0.0, 255.0) as u8;
        }
        Rgb(exposed)
    })
}
