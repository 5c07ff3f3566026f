//! A one-dimensional NumPy array of texts (`<U12`), which `ndarray-npy` neither writes nor reads.
//!
//! NumPy stores such an array as one block for each text: a fixed number of characters, each a 32-bit
//! little-endian code point, with zeros after the text's end. It is read without pickle.
//!
//! ```text
//! \x93NUMPY 1 0   length of what follows, two bytes, little-endian
//! {'descr': '<U12', 'fortran_order': False, 'shape': (3,), }   spaces up to a multiple of 64, \n
//! 3 × 12 × 4 bytes
//! ```

use std::io::{self, Read, Write};

use ndarray_npy::npy::header::Header;

/// Bytes of a code point.
const CODE_POINT: usize = 4;

/// How the texts of an array lie in its data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    texts: usize,
    characters: usize,
}

impl Layout {
    /// The bytes that each text takes.
    pub(crate) fn item_bytes(self) -> usize {
        self.characters.saturating_mul(CODE_POINT)
    }
}

/// Writes the whole `.npy` member. Texts must not end with NUL, which NumPy drops.
pub(crate) fn write(texts: &[String], writer: &mut impl Write) -> io::Result<()> {
    // NumPy has no texts of width 0.
    let characters = texts
        .iter()
        .map(|text| text.chars().count())
        .max()
        .unwrap_or(0)
        .max(1);
    writer.write_all(&preamble(texts.len(), characters)?)?;
    let mut block = Vec::with_capacity(characters * CODE_POINT);
    for text in texts {
        block.clear();
        for character in text.chars() {
            block.extend(u32::from(character).to_le_bytes());
        }
        block.resize(characters * CODE_POINT, 0);
        writer.write_all(&block)?;
    }
    Ok(())
}

/// All bytes before the data.
fn preamble(texts: usize, characters: usize) -> io::Result<Vec<u8>> {
    let mut dictionary =
        format!("{{'descr': '<U{characters}', 'fortran_order': False, 'shape': ({texts},), }}");
    let before = b"\x93NUMPY\x01\x00".len() + 2;
    let unpadded = before + dictionary.len() + 1;
    dictionary.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    dictionary.push('\n');
    let length = u16::try_from(dictionary.len()).map_err(io::Error::other)?;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend(dictionary.into_bytes());
    Ok(bytes)
}

/// The layout that a header describes, or what is wrong with it.
pub(crate) fn layout(header: &Header) -> Result<Layout, String> {
    let [texts] = header.shape[..] else {
        return Err(format!(
            "has {} dimensions, expected one",
            header.shape.len()
        ));
    };
    let descriptor = header.type_descriptor.as_string();
    let characters = descriptor
        .and_then(|descriptor| descriptor.strip_prefix("<U"))
        .and_then(|characters| characters.parse().ok())
        .ok_or_else(|| {
            format!(
                "has elements of type {}, expected texts (`<U…`)",
                header.type_descriptor
            )
        })?;
    Ok(Layout { texts, characters })
}

/// Reads the data of an array. The caller has checked that they have the layout's length.
pub(crate) fn read(layout: &Layout, reader: &mut impl Read) -> Result<Vec<String>, String> {
    let mut bytes = Vec::new();
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let texts: Vec<String> = match layout.item_bytes() {
        0 => vec![String::new(); layout.texts],
        item_bytes => bytes
            .chunks_exact(item_bytes)
            .map(decode)
            .collect::<Result<_, _>>()?,
    };
    if texts.len() != layout.texts {
        return Err(format!(
            "has {} texts, expected {}",
            texts.len(),
            layout.texts
        ));
    }
    Ok(texts)
}

/// One text without the zeros after its end.
fn decode(block: &[u8]) -> Result<String, String> {
    let (code_points, _) = block.as_chunks::<CODE_POINT>();
    let code_points: Vec<u32> = code_points
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes))
        .collect();
    let end = code_points
        .iter()
        .rposition(|code| *code != 0)
        .map_or(0, |last| last + 1);
    code_points
        .iter()
        .take(end)
        .map(|code| char::from_u32(*code).ok_or(format!("has the invalid character {code:#x}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_that_numpy_writes() {
        // numpy.save(file, numpy.array(["a", "bé"])), NumPy 2.
        let mut expected = b"\x93NUMPY\x01\x00v\x00".to_vec();
        expected.extend(b"{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }");
        expected.extend([b' '; 60]);
        expected.extend(b"\n");
        for character in ['a', '\0', 'b', 'é'] {
            expected.extend(u32::from(character).to_le_bytes());
        }
        let mut written = Vec::new();
        write(&["a".to_owned(), "bé".to_owned()], &mut written).unwrap();
        assert_eq!(written, expected);
    }

    #[test]
    fn texts_of_any_script_survive() {
        let texts: Vec<String> = ["chaussures/été.jpg", "靴.png", "👟", "x"]
            .map(str::to_owned)
            .to_vec();
        let mut bytes = Vec::new();
        write(&texts, &mut bytes).unwrap();
        let mut rest = &bytes[..];
        let header = Header::from_reader(&mut rest).unwrap();
        let layout = layout(&header).unwrap();
        assert_eq!(layout.item_bytes(), 18 * 4);
        assert_eq!(read(&layout, &mut rest).unwrap(), texts);
    }

    #[test]
    fn a_number_that_is_no_character_is_refused() {
        let layout = Layout {
            texts: 1,
            characters: 1,
        };
        let error = read(&layout, &mut &0xd800u32.to_le_bytes()[..]).unwrap_err();
        assert_eq!(error, "has the invalid character 0xd800");
    }
}
