//! Draws photographs of the demo side by side, enlarged, to look at:
//! `cargo run --release -p fitroom-data --example demo_sheet -- docs/demo.png [COLUMNS [ROWS [SCALE [PRODUCT]]]]`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;

use fitroom_data::draw_demo;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::{FilterType, resize};
use image::{RgbImage, imageops};

/// White pixels around each.
const GAP: u32 = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a PNG to write")?;
    let columns: u32 = arguments.next().map_or(Ok(12), |text| text.parse())?;
    let rows: u32 = arguments.next().map_or(Ok(6), |text| text.parse())?;
    let scale: u32 = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let only = arguments.next().unwrap_or_default();

    let demo = draw_demo(0)?;
    let size = demo.image_size();
    // One of each product in turn, so that all of them are there.
    let mut products: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (photograph, path) in demo.photographs.iter().enumerate() {
        if let Some((product, _)) = path.rsplit_once('/').filter(|_| path.starts_with(&only)) {
            products.entry(product).or_default().push(photograph);
        }
    }
    let most = products.values().map(Vec::len).max().unwrap_or(0);
    let in_turn =
        (0..most).flat_map(|turn| products.values().filter_map(move |list| list.get(turn)));

    let (width, height) = (size.width * scale + GAP, size.height * scale + GAP);
    let mut sheet =
        RgbImage::from_pixel(columns * width + GAP, rows * height + GAP, [255; 3].into());
    for (place, photograph) in (0..columns * rows).zip(in_turn) {
        let pixels = demo.images.index_axis(ndarray::Axis(0), *photograph);
        let picture = RgbImage::from_fn(size.width, size.height, |x, y| {
            [0, 1, 2]
                .map(|channel| pixels[[y as usize, x as usize, channel]])
                .into()
        });
        let (width_shown, height_shown) = (size.width * scale, size.height * scale);
        let picture = resize(&picture, width_shown, height_shown, FilterType::Lanczos3);
        let (x, y) = (
            place % columns * width + GAP,
            place / columns * height + GAP,
        );
        imageops::replace(&mut sheet, &picture, x.into(), y.into());
    }
    // Nobody sees the lowest bits, but a PNG of them is twice as large.
    sheet.iter_mut().for_each(|value| *value |= 7);
    let file = BufWriter::new(File::create(file)?);
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, PngFilter::Adaptive);
    sheet.write_with_encoder(encoder)?;
    Ok(())
}
