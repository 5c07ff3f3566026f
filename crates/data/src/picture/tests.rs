use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, ImageBuffer, ImageEncoder, Luma, LumaA, Rgb, Rgba};

const RED: [u8; 3] = [255, 0, 0];
const WHITE: [u8; 3] = [255; 3];

fn size(height: u32, width: u32) -> ImageSize {
    ImageSize { height, width }
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The pixel of a prepared picture of this width.
fn pixel(picture: &[u8], width: usize, x: usize, y: usize) -> [u8; 3] {
    picture.as_chunks::<3>().0[y * width + x]
}

/// Red on the left, white on the right.
fn half_red(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        Rgb(if x < width / 2 { RED } else { WHITE })
    })
}

fn assert_near(found: [u8; 3], expected: [u8; 3]) {
    let near = found
        .iter()
        .zip(expected)
        .all(|(found, expected)| found.abs_diff(expected) <= 6);
    assert!(near, "found {found:?}, expected {expected:?}");
}

#[test]
fn a_picture_of_the_right_size_keeps_every_pixel() {
    let picture = RgbImage::from_fn(6, 8, |x, y| Rgb([x as u8 * 40, y as u8 * 30, 7]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(picture.clone(), format);
        assert_eq!(prepare(&bytes, size(8, 6)).unwrap(), *picture.as_raw());
    }
}

#[test]
fn a_smaller_picture_is_centred_and_not_enlarged() {
    let prepared = prepare(&png(RgbImage::from_pixel(2, 1, Rgb(RED))), size(4, 5)).unwrap();
    for y in 0..4 {
        for x in 0..5 {
            let inside = y == 1 && (1..3).contains(&x);
            assert_eq!(
                pixel(&prepared, 5, x, y),
                if inside { RED } else { WHITE },
                "{x}, {y}"
            );
        }
    }
}

#[test]
fn a_larger_picture_is_shrunk_in_its_own_proportions() {
    let prepared = prepare(&png(RgbImage::from_pixel(400, 200, Rgb(RED))), size(80, 60)).unwrap();
    let red_rows: Vec<usize> = (0..80)
        .filter(|y| pixel(&prepared, 60, 30, *y) == RED)
        .collect();
    assert_eq!(red_rows, (25..55).collect::<Vec<_>>());
    assert_eq!(pixel(&prepared, 60, 0, 40), RED);
    assert_eq!(pixel(&prepared, 60, 59, 40), RED);
}

#[test]
fn the_fitting_size_has_at_least_one_pixel_and_never_too_many() {
    for (picture, expected) in [
        ((60, 80), (60, 80)),
        ((300, 400), (60, 80)),
        ((10, 10), (10, 10)),
        ((20_000, 1), (60, 1)),
        ((1, 20_000), (1, 80)),
        ((61, 80), (60, 79)),
        ((100, 81), (60, 49)),
    ] {
        assert_eq!(fitting_size(picture, size(80, 60)), expected, "{picture:?}");
    }
}

#[test]
fn the_orientation_of_the_camera_is_applied() {
    // A TIFF header with one entry: tag 0x0112 (orientation), one 16-bit number.
    let exif = |orientation: u8| {
        let mut bytes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        bytes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    };
    // Where the left (red) half is seen, by the orientation's definition: 3 upside down, 6 turned
    // clockwise, 8 turned anticlockwise, 2 mirrored.
    for (orientation, red_at) in [
        (1, (4, 8)),
        (2, (12, 8)),
        (3, (12, 8)),
        (6, (8, 4)),
        (8, (8, 12)),
    ] {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
        encoder.set_exif_metadata(exif(orientation)).unwrap();
        let picture = half_red(16, 16);
        encoder.encode_image(&picture).unwrap();
        let prepared = prepare(&bytes, size(16, 16)).unwrap();
        assert_near(pixel(&prepared, 16, red_at.0, red_at.1), RED);
        assert_near(pixel(&prepared, 16, 15 - red_at.0, 15 - red_at.1), WHITE);
    }
}

#[test]
fn an_upright_picture_that_lies_on_its_side_fills_the_frame() {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([6, 0, 0, 0, 0, 0, 0, 0]);
    encoder.set_exif_metadata(exif).unwrap();
    encoder
        .encode_image(&RgbImage::from_pixel(80, 60, Rgb(RED)))
        .unwrap();
    let prepared = prepare(&bytes, size(80, 60)).unwrap();
    for (x, y) in [(0, 0), (59, 0), (0, 79), (59, 79)] {
        assert_near(pixel(&prepared, 60, x, y), RED);
    }
}

#[test]
fn what_is_transparent_shows_white() {
    let picture = ImageBuffer::from_fn(3, 1, |x, _| Rgba([255u8, 0, 0, [0, 128, 255][x as usize]]));
    let expected = [[255, 255, 255], [255, 127, 127], RED].concat();
    assert_eq!(prepare(&png(picture), size(1, 3)).unwrap(), expected);
    let grey = ImageBuffer::from_fn(2, 1, |x, _| LumaA([0u8, [0, 255][x as usize]]));
    assert_eq!(
        prepare(&png(grey), size(1, 2)).unwrap(),
        [[255; 3], [0; 3]].concat()
    );
}

#[test]
fn grey_and_sixteen_bit_pictures_become_eight_bit_colour() {
    let grey = GrayImage::from_fn(2, 1, |x, _| Luma([x as u8 * 200]));
    assert_eq!(
        prepare(&png(grey), size(1, 2)).unwrap(),
        [0, 0, 0, 200, 200, 200]
    );
    let deep = ImageBuffer::from_fn(2, 1, |x, _| Luma([[0x1234u16, 0xffff][x as usize]]));
    assert_eq!(
        prepare(&png(deep), size(1, 2)).unwrap(),
        [0x12, 0x12, 0x12, 255, 255, 255]
    );
    let deep = ImageBuffer::from_fn(1, 1, |_, _| Rgba([0xffffu16, 0x8080, 0, 0xffff]));
    assert_eq!(prepare(&png(deep), size(1, 1)).unwrap(), [255, 0x80, 0]);
}

#[test]
fn inks_become_colours() {
    let cmyk = include_bytes!("../../tests/data/pictures/cmyk.jpg");
    let prepared = prepare(cmyk, size(16, 16)).unwrap();
    assert_near(pixel(&prepared, 16, 3, 8), RED);
    assert_near(pixel(&prepared, 16, 12, 8), WHITE);
}

#[test]
fn what_is_no_picture_or_half_of_one_is_refused() {
    let message = |bytes: &[u8]| prepare(bytes, size(8, 8)).unwrap_err().to_string();
    assert_eq!(message(b""), "is no JPEG, PNG or WebP picture");
    assert_eq!(
        message(b"GIF89a not for us"),
        "is no JPEG, PNG or WebP picture"
    );
    let whole = png(half_red(40, 40));
    assert!(message(&whole[..whole.len() / 2]).starts_with("cannot be decoded: "));
    let jpeg = encoded(half_red(40, 40), ImageFormat::Jpeg);
    assert!(message(&jpeg[..30]).starts_with("cannot be decoded: "));
}

#[test]
fn a_header_that_promises_too_much_is_refused_before_it_costs_memory() {
    // The first chunk of a PNG: 8-bit RGBA of the given size, with its checksum.
    let bomb = |width: u32, height: u32| {
        let mut chunk = b"IHDR".to_vec();
        chunk.extend(width.to_be_bytes());
        chunk.extend(height.to_be_bytes());
        chunk.extend([8, 6, 0, 0, 0]);
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        bytes.extend(&chunk);
        bytes.extend(checksum(&chunk).to_be_bytes());
        bytes.extend(b"\0\0\0\x04IDAT");
        bytes
    };
    for (width, height) in [(30_000, 1), (1, 30_000), (19_999, 19_999)] {
        let error = prepare(&bomb(width, height), size(8, 8)).unwrap_err();
        let words = error.to_string();
        assert!(
            words.contains("limit") || words.contains("at most"),
            "{words}"
        );
    }
}

/// The checksum of a PNG chunk (CRC-32, reflected).
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

proptest::proptest! {
    #[test]
    fn damaged_pictures_do_not_make_it_panic(position in 0..2000usize, value: u8, format in 0..3usize) {
        let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP][format];
        let mut bytes = encoded(half_red(24, 20), format);
        let position = position % bytes.len();
        bytes[position] = value;
        let _ = prepare(&bytes, size(8, 8));
    }
}
