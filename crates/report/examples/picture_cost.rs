//! Says how long pictures for TensorBoard take: as one line of JSON, the milliseconds of one of each kind.
//!
//! `picture_cost CLASSES PHOTOGRAPHS`: a confusion matrix of so many classes, and so many mistakes of 60×80 pixels.

use std::env;
use std::error::Error;
use std::time::Instant;

use fitroom_domain::{ConfusionMatrix, ImageSize};
use fitroom_report::{ConfusionPicture, PicturedMistake, mistakes_picture};

const ROUNDS: usize = 51;
const SIZE: ImageSize = ImageSize {
    height: 80,
    width: 60,
};

#[allow(clippy::print_stdout, reason = "it prints what it measured")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, classes, photographs] = &arguments[..] else {
        return Err("expected how many classes and how many photographs".into());
    };
    let (classes, photographs): (usize, usize) = (classes.parse()?, photographs.parse()?);
    let layout = ConfusionPicture::new(&vec!["female · trousers"; classes])?;
    let pairs = (0..167).map(|row| (row % classes, row * row % classes));
    let matrix = ConfusionMatrix::new(classes, pairs)?;
    let confusion = median(|| Ok(layout.draw(&matrix).map(drop)?))?;
    let pixels: Vec<u8> = (0..80 * 60 * 3_u32)
        .map(|byte| (byte.wrapping_mul(2_654_435_761) >> 25) as u8)
        .collect();
    let mistake = PicturedMistake {
        pixels: &pixels,
        mirrored: false,
        truth: "female · trousers",
        predicted: "male · jeans",
        confidence: 0.9,
    };
    let mistakes = vec![mistake; photographs];
    let mistakes = median(|| Ok(mistakes_picture(SIZE, &mistakes).map(drop)?))?;
    println!("[{confusion}, {mistakes}]");
    Ok(())
}

/// The median milliseconds of a call.
fn median(mut call: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut milliseconds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        call()?;
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    milliseconds.sort_by(f64::total_cmp);
    Ok(milliseconds[ROUNDS / 2])
}
