//! Whether a JPEG is whole: the decoder shows one that was cut off with grey in place of the rest.

/// Whether the first scan of a JPEG is followed, at once or behind others, by the marker that ends the picture
/// (ITU-T T.81, annex B). Thumbnails in the headers, which have one of their own, do not count. What is no
/// JPEG at all is left to the decoder.
pub(crate) fn is_whole(jpeg: &[u8]) -> bool {
    // Behind the first marker, each header is a marker and a length that counts itself.
    let mut header = 2;
    while let Some([0xff, marker, rest @ ..]) = jpeg.get(header..) {
        match (marker, rest) {
            // A scan. Its data have a zero behind each 0xff.
            (0xda, _) => return rest.windows(2).any(|pair| pair == [0xff, 0xd9]),
            (0xff, _) => header += 1,
            (0x01 | 0xd0..=0xd8, _) => header += 2,
            (_, [high, low, ..]) => {
                header += 2 + usize::from(u16::from_be_bytes([*high, *low]));
            }
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{ImageEncoder, RgbImage};

    use super::*;

    fn jpeg() -> Vec<u8> {
        let noise = RgbImage::from_fn(40, 30, |x, y| {
            image::Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8])
        });
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes)
            .write_image(&noise, 40, 30, image::ExtendedColorType::Rgb8)
            .unwrap();
        bytes
    }

    #[test]
    fn a_picture_is_whole_until_its_last_bytes_are_gone() {
        let whole = jpeg();
        assert!(is_whole(&whole));
        assert!(is_whole(&[&whole[..], b"something behind it"].concat()));
        let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]);
        for end in scan.unwrap() + 2..whole.len() {
            assert!(!is_whole(&whole[..end]), "{end} of {}", whole.len());
        }
    }

    #[test]
    fn the_end_of_a_thumbnail_is_not_the_pictures() {
        let whole = jpeg();
        let length = (2 + whole.len() as u16).to_be_bytes();
        let thumbnail = [&[0xff, 0xe1][..], &length, &whole].concat();
        let with_thumbnail = [&whole[..2], &thumbnail, &whole[2..]].concat();
        assert!(is_whole(&with_thumbnail));
        assert!(!is_whole(&with_thumbnail[..with_thumbnail.len() - 2]));
    }
}
