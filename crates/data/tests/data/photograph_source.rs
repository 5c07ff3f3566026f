//! Photographs without labels are read one at a time.

use std::fs;
use std::io::Cursor;
use std::os::unix::net::UnixListener;

use fitroom_data::{PhotographSource, SourceError, prepare};
use fitroom_domain::ImageSize;
use image::{ImageFormat, Rgb, RgbImage};

use crate::import::{folder, zip};

const SIZE: ImageSize = ImageSize {
    height: 80,
    width: 60,
};

/// A picture of this size with more red to the right and more green to the bottom.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x, y| Rgb([(255 * x / width) as u8, (255 * y / height) as u8, 90]);
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_fn(width, height, colour)
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn a_zip_and_its_folder_have_the_same_photographs_and_nothing_else() {
    let png = picture(6, 8, ImageFormat::Png);
    let files = [
        ("shop/b.png", &png[..]),
        ("shop/a/2.PNG", &png),
        ("a.webp", b"no picture"),
        ("shop/labels.CSV", b"image,type\n"),
        ("shop/.b.png.part", &png),
        (".trash/a.png", &png),
        ("__MACOSX/shop/._b.png", b"no photograph"),
        ("shop/Thumbs.db", b"nor this"),
        ("readme.md", b"nor this"),
    ];
    let (_keep, archive) = zip(&files);
    let unpacked = folder(&files);
    // Nobody answers there.
    let _socket = UnixListener::bind(unpacked.path().join("socket.png")).unwrap();
    for path in [&archive, unpacked.path()] {
        let source = PhotographSource::open(path).unwrap();
        let paths: Vec<&str> = source.paths().collect();
        assert_eq!(paths, ["a.webp", "shop/a/2.PNG", "shop/b.png"]);
        assert_eq!((source.len(), source.is_empty()), (3, false));
    }
}

#[test]
fn what_models_see_is_what_an_import_makes_of_it_with_a_thumbnail_or_without() {
    let pictures = [
        picture(6, 8, ImageFormat::Png),
        picture(60, 80, ImageFormat::WebP),
        picture(301, 400, ImageFormat::Jpeg),
        picture(500, 90, ImageFormat::Png),
    ];
    let names = ["a.png", "b.webp", "c.jpg", "d.png"];
    let files: Vec<(&str, &[u8])> = (names.into_iter())
        .zip(pictures.iter().map(Vec::as_slice))
        .collect();
    let (_keep, archive) = zip(&files);
    let unpacked = folder(&files);
    let thumbnails = [(6, 8), (60, 80), (120, 159), (120, 22)];
    for path in [&archive, unpacked.path()] {
        let source = PhotographSource::open(path).unwrap();
        let mut reader = source.reader().unwrap();
        for (path, (bytes, thumbnail)) in source.paths().zip(pictures.iter().zip(thumbnails)) {
            let expected = prepare(bytes, SIZE).unwrap();
            let plain = reader.prepare(path, SIZE, false).unwrap();
            assert!(
                plain.pixels == expected,
                "{path} is prepared in another way"
            );
            assert_eq!(plain.thumbnail, None);
            let shown = reader.prepare(path, SIZE, true).unwrap();
            assert!(
                shown.pixels == expected,
                "{path} is prepared in another way"
            );
            let jpeg = shown.thumbnail.unwrap();
            assert_eq!(image::guess_format(&jpeg).unwrap(), ImageFormat::Jpeg);
            let small = image::load_from_memory(&jpeg).unwrap().into_rgb8();
            assert_eq!(small.dimensions(), thumbnail, "{path}");
            let corner = small.get_pixel(thumbnail.0 - 1, thumbnail.1 - 1).0;
            assert!(corner[0] > 190 && corner[1] > 190, "{path}: {corner:?}");
        }
    }
}

#[test]
fn every_thread_reads_by_itself() {
    let names: Vec<String> = (0..40).map(|number| format!("{number:02}.png")).collect();
    let pictures: Vec<Vec<u8>> = (0..40)
        .map(|number| picture(10 + number, 12, ImageFormat::Png))
        .collect();
    let files: Vec<(&str, &[u8])> = (names.iter().map(String::as_str))
        .zip(pictures.iter().map(Vec::as_slice))
        .collect();
    let (_keep, archive) = zip(&files);
    let source = PhotographSource::open(&archive).unwrap();
    let paths: Vec<&str> = source.paths().collect();
    std::thread::scope(|scope| {
        for quarter in paths.chunks(10).zip(pictures.chunks(10)) {
            let source = &source;
            scope.spawn(move || {
                let mut reader = source.reader().unwrap();
                for (path, bytes) in quarter.0.iter().zip(quarter.1) {
                    let found = reader.prepare(path, SIZE, false).unwrap().pixels;
                    assert!(found == prepare(bytes, SIZE).unwrap(), "{path}");
                }
            });
        }
    });
}

#[test]
fn a_photograph_that_cannot_be_used_says_why_and_the_next_is_read() {
    let png = picture(60, 80, ImageFormat::Png);
    let files = [
        ("a.gif", &b"GIF89a not for us"[..]),
        ("b.png", &png[..png.len() / 2]),
        ("c.png", &png),
    ];
    let (_keep, archive) = zip(&files);
    let unpacked = folder(&files);
    for path in [&archive, unpacked.path()] {
        let source = PhotographSource::open(path).unwrap();
        let mut reader = source.reader().unwrap();
        let mut message = |path| match reader.prepare(path, SIZE, true) {
            Ok(_) => "fine".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(message("a.gif"), "is no JPEG, PNG or WebP picture");
        assert!(message("b.png").starts_with("cannot be decoded: "));
        assert_eq!(message("c.png"), "fine");
        assert_eq!(message("d.png"), "is missing");
    }
}

#[test]
fn a_source_that_is_none_is_refused_and_an_empty_one_is_empty() {
    let empty = tempfile::tempdir().unwrap();
    let source = PhotographSource::open(empty.path()).unwrap();
    assert_eq!((source.len(), source.is_empty()), (0, true));
    let missing = PhotographSource::open(&empty.path().join("none")).unwrap_err();
    assert!(matches!(missing, SourceError::Read { .. }), "{missing}");
    let letter = empty.path().join("letter.zip");
    fs::write(&letter, "this is no archive").unwrap();
    let refused = PhotographSource::open(&letter).unwrap_err();
    assert!(matches!(refused, SourceError::Archive { .. }), "{refused}");
}
