//! What the elements of a NumPy array are, in the words of NumPy's users.

use ndarray_npy::npy::header::Header;

/// The type of an array's elements: `float32` for `<f4`. One that has no such name stays as it is written.
pub(crate) fn element_type(header: &Header) -> String {
    let Some(descriptor) = header.type_descriptor.as_string() else {
        return header.type_descriptor.to_string();
    };
    let kind_and_bytes = descriptor.trim_start_matches(['<', '>', '|', '=']);
    let mut characters = kind_and_bytes.chars();
    let kind = characters.next().unwrap_or_default();
    match (kind, characters.as_str().parse::<u32>().ok()) {
        ('O', _) => "object (pickled, which is never read)".to_owned(),
        ('b', Some(1)) => "bool".to_owned(),
        ('i', Some(bytes @ (1 | 2 | 4 | 8))) => format!("int{}", bytes * 8),
        ('u', Some(bytes @ (1 | 2 | 4 | 8))) => format!("uint{}", bytes * 8),
        ('f', Some(bytes @ (2 | 4 | 8))) => format!("float{}", bytes * 8),
        ('U', Some(_)) => format!("text ({descriptor})"),
        _ => descriptor.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_that_numpy_gives_them() {
        for (descriptor, expected) in [
            ("|u1", "uint8"),
            ("<i8", "int64"),
            (">i2", "int16"),
            ("<f4", "float32"),
            ("|b1", "bool"),
            ("<U12", "text (<U12)"),
            ("|O", "object (pickled, which is never read)"),
            ("<c16", "<c16"),
            ("<i16", "<i16"),
            ("", ""),
        ] {
            let dictionary =
                format!("{{'descr': '{descriptor}', 'fortran_order': False, 'shape': (3,), }}\n");
            let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
            bytes.extend((dictionary.len() as u16).to_le_bytes());
            bytes.extend(dictionary.into_bytes());
            let header = Header::from_reader(&mut &bytes[..]).unwrap();
            assert_eq!(element_type(&header), expected);
        }
    }
}
