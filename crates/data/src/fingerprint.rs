//! The fingerprint of a dataset: a hash of everything in it that can change a result.
//!
//! The hash is BLAKE3 of these bytes, one after the other. A number is 8 bytes, little-endian; a text
//! is the number of its UTF-8 bytes, then those bytes.
//!
//! ```text
//! text    "fitroom dataset 1"
//! number  photographs, height, width
//! bytes   pixels: photograph × row × column × (red, green, blue)
//! bytes   the split code of each photograph, one byte each
//! number  label columns; for each of them:
//!   text    its name
//!   number  classes; then the text of each
//!   number  the code of each photograph, −1 (two's complement) where it has none
//! text    the path of each photograph
//! ```
//!
//! Class names are in it because a task's `where` names classes, and paths because people find a
//! photograph by them. The dataset's own name and origin are not: a copy under another name is the
//! same dataset.

use fitroom_domain::{Fingerprint, Split};
use ndarray::Array4;

use crate::dataset::Column;

/// The fingerprint of these parts.
pub(crate) fn fingerprint(
    images: &Array4<u8>,
    splits: &[Split],
    columns: &[Column],
    photographs: &[String],
) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let (count, height, width, _) = images.dim();
    text(&mut hasher, "fitroom dataset 1");
    for size in [count, height, width] {
        number(&mut hasher, size as i64);
    }
    match images.as_slice() {
        Some(pixels) => hasher.update(pixels),
        None => hasher.update(&images.iter().copied().collect::<Vec<u8>>()),
    };
    let split_codes: Vec<u8> = splits.iter().map(|split| split.code() as u8).collect();
    hasher.update(&split_codes);
    number(&mut hasher, columns.len() as i64);
    for column in columns {
        text(&mut hasher, &column.name);
        number(&mut hasher, column.classes.len() as i64);
        for class in &column.classes {
            text(&mut hasher, class);
        }
        for code in &column.codes {
            number(&mut hasher, i64::from(*code));
        }
    }
    for path in photographs {
        text(&mut hasher, path);
    }
    Fingerprint::from_hash(&hasher.finalize())
}

fn number(hasher: &mut blake3::Hasher, value: i64) {
    hasher.update(&value.to_le_bytes());
}

fn text(hasher: &mut blake3::Hasher, value: &str) {
    number(hasher, value.len() as i64);
    hasher.update(value.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> (Array4<u8>, Vec<Split>, Vec<Column>, Vec<String>) {
        let images = Array4::from_shape_fn((2, 1, 2, 3), |(n, _, x, c)| (n * 6 + x * 3 + c) as u8);
        let column = Column {
            name: "type".to_owned(),
            classes: vec!["boots".to_owned(), "flats".to_owned()],
            codes: vec![1, -1],
        };
        let photographs = vec!["a.jpg".to_owned(), "b.jpg".to_owned()];
        (
            images,
            vec![Split::Train, Split::Test],
            vec![column],
            photographs,
        )
    }

    #[test]
    fn the_byte_stream_is_the_documented_one() {
        let (images, splits, columns, photographs) = parts();
        let mut bytes = Vec::new();
        let number = |bytes: &mut Vec<u8>, value: i64| bytes.extend(value.to_le_bytes());
        number(&mut bytes, 17);
        bytes.extend(b"fitroom dataset 1");
        for size in [2, 1, 2] {
            number(&mut bytes, size);
        }
        bytes.extend(0..12u8);
        bytes.extend([0, 2]);
        number(&mut bytes, 1);
        number(&mut bytes, 4);
        bytes.extend(b"type");
        number(&mut bytes, 2);
        for class in [b"boots", b"flats"] {
            number(&mut bytes, 5);
            bytes.extend(class);
        }
        number(&mut bytes, 1);
        bytes.extend([0xff; 8]);
        for path in [b"a.jpg", b"b.jpg"] {
            number(&mut bytes, 5);
            bytes.extend(path);
        }
        assert_eq!(
            fingerprint(&images, &splits, &columns, &photographs),
            Fingerprint::from_hash(&blake3::hash(&bytes))
        );
    }

    #[test]
    fn every_part_changes_the_fingerprint() {
        let (images, splits, columns, photographs) = parts();
        let original = fingerprint(&images, &splits, &columns, &photographs);
        let mut other_images = images.clone();
        other_images[[1, 0, 1, 2]] ^= 1;
        let mut other_code = columns.clone();
        other_code[0].codes[1] = 0;
        let mut other_class = columns.clone();
        other_class[0].classes[1] = "heels".to_owned();
        let mut other_name = columns.clone();
        other_name[0].name = "kind".to_owned();
        let other_splits = vec![Split::Train, Split::Validation];
        let other_paths = vec!["a.jpg".to_owned(), "c.jpg".to_owned()];
        let changed = [
            fingerprint(&other_images, &splits, &columns, &photographs),
            fingerprint(&images, &other_splits, &columns, &photographs),
            fingerprint(&images, &splits, &other_code, &photographs),
            fingerprint(&images, &splits, &other_class, &photographs),
            fingerprint(&images, &splits, &other_name, &photographs),
            fingerprint(&images, &splits, &columns, &other_paths),
        ];
        for fingerprint in changed {
            assert_ne!(fingerprint, original);
        }
    }
}
