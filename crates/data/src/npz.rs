//! NumPy's `.npz`: a zip of `.npy` members. We write them without compression so that they load fast, and
//! read them either way.
//!
//! The arrays themselves are read and written by `ndarray-npy`. Before it allocates anything, the
//! reader compares what a member's header promises with the bytes that the file can hold. Nothing is
//! ever unpickled.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array, Dimension};
use ndarray_npy::npy::header::Header;
use ndarray_npy::{ReadNpyExt, ReadableElement, WritableElement, WriteNpyExt};
use zip::read::ZipFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::element_type::element_type;
use crate::unicode_array;

/// How many bytes deflate can make of one: 258 of every 2 bits.
const LARGEST_DEFLATE_RATIO: u64 = 1032;

/// What is wrong with an `.npz` file.
#[derive(Debug, thiserror::Error)]
pub enum NpzError {
    /// The file cannot be read or written.
    #[error("cannot access `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is no zip, or a broken one.
    #[error("`{}` is no intact NumPy archive", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: zip::result::ZipError,
    },
    /// It is not clear which of two arrays is meant.
    #[error("`{}` holds several arrays of the same name", path.display())]
    SameName {
        /// The file.
        path: PathBuf,
    },
    /// An array cannot be read or written.
    #[error("array `{array}` of `{}`: {problem}", path.display())]
    Array {
        /// The file.
        path: PathBuf,
        /// The array's name.
        array: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Writes one `.npz`.
pub(crate) struct NpzWriter<'a, W: Write + Seek> {
    path: &'a Path,
    zip: ZipWriter<W>,
}

impl<'a, W: Write + Seek> NpzWriter<'a, W> {
    /// Starts a file; `path` is only for messages.
    pub(crate) fn new(path: &'a Path, writer: W) -> NpzWriter<'a, W> {
        NpzWriter {
            path,
            zip: ZipWriter::new(writer).set_auto_large_file(),
        }
    }

    /// Adds an array of numbers or truth values.
    pub(crate) fn array<T: WritableElement, D: Dimension>(
        &mut self,
        name: &str,
        array: &Array<T, D>,
    ) -> Result<(), NpzError> {
        self.start(name)?;
        array
            .write_npy(&mut self.zip)
            .map_err(|error| array_error(self.path, name, error.to_string()))
    }

    /// Adds an array of texts.
    pub(crate) fn texts(&mut self, name: &str, texts: &[String]) -> Result<(), NpzError> {
        self.start(name)?;
        unicode_array::write(texts, &mut self.zip)
            .map_err(|error| array_error(self.path, name, error.to_string()))
    }

    /// Ends the file and hands the writer back.
    pub(crate) fn finish(self) -> Result<W, NpzError> {
        let path = self.path;
        self.zip.finish().map_err(|source| NpzError::Archive {
            path: path.to_owned(),
            source,
        })
    }

    fn start(&mut self, name: &str) -> Result<(), NpzError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.zip
            .start_file(format!("{name}.npy"), options)
            .map_err(|error| array_error(self.path, name, error.to_string()))
    }
}

/// Reads one `.npz`.
pub(crate) struct NpzReader {
    path: PathBuf,
    bytes: u64,
    zip: ZipArchive<BufReader<File>>,
}

impl NpzReader {
    /// Opens a file and reads which arrays it has.
    pub(crate) fn open(path: &Path) -> Result<NpzReader, NpzError> {
        let access = |source| NpzError::File {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(access)?;
        let bytes = file.metadata().map_err(access)?.len();
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|source| NpzError::Archive {
            path: path.to_owned(),
            source,
        })?;
        if zip.has_duplicate_names() {
            return Err(NpzError::SameName {
                path: path.to_owned(),
            });
        }
        Ok(NpzReader {
            path: path.to_owned(),
            bytes,
            zip,
        })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the arrays.
    pub(crate) fn names(&self) -> Result<Vec<String>, NpzError> {
        self.zip
            .file_names()
            .map(|name| {
                let name = name.map_err(|source| NpzError::Archive {
                    path: self.path.clone(),
                    source,
                })?;
                Ok(name.strip_suffix(".npy").unwrap_or(&name).to_owned())
            })
            .collect()
    }

    /// What an array's header says of it: the type of its elements as NumPy's users call it, and its shape.
    pub(crate) fn describe(&mut self, name: &str) -> Result<(String, Vec<usize>), NpzError> {
        let header = self.member(name)?.header;
        Ok((element_type(&header), header.shape))
    }

    /// An array of numbers or truth values.
    pub(crate) fn array<T: ReadableElement, D: Dimension>(
        &mut self,
        name: &str,
    ) -> Result<Array<T, D>, NpzError> {
        let path = self.path.clone();
        let problem = |problem: String| array_error(&path, name, problem);
        let member = self.member(name)?;
        member.check_length(size_of::<T>()).map_err(problem)?;
        if !fits_into_memory(member.data_bytes) {
            return Err(NpzError::File {
                path,
                source: std::io::ErrorKind::OutOfMemory.into(),
            });
        }
        Array::read_npy(Cursor::new(member.preamble).chain(member.data))
            .map_err(|error| problem(error.to_string()))
    }

    /// An array of texts, which must have one dimension.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, NpzError> {
        let path = self.path.clone();
        let problem = |problem: String| array_error(&path, name, problem);
        let mut member = self.member(name)?;
        let layout = unicode_array::layout(&member.header).map_err(problem)?;
        member.check_length(layout.item_bytes()).map_err(problem)?;
        unicode_array::read(&layout, &mut member.data).map_err(problem)
    }

    fn member(&mut self, name: &str) -> Result<Member<'_>, NpzError> {
        let path = self.path.clone();
        let problem = |problem: String| array_error(&path, name, problem);
        let mut data = self
            .zip
            .by_name(&format!("{name}.npy"))
            .map_err(|error| problem(error.to_string()))?;
        let ratio = match data.compression() {
            CompressionMethod::Stored => 1,
            CompressionMethod::Deflated => LARGEST_DEFLATE_RATIO,
            other => {
                return Err(problem(format!(
                    "compressed as {other}, expected it stored or deflated, as NumPy does"
                )));
            }
        };
        let size = data.size();
        let packed = data.compressed_size().min(self.bytes);
        if size > packed.saturating_mul(ratio) {
            return Err(problem(format!(
                "promises {size} bytes, more than the {packed} in the file can hold"
            )));
        }
        let preamble = read_preamble(&mut data).map_err(problem)?;
        let header =
            Header::from_reader(&mut &preamble[..]).map_err(|error| problem(error.to_string()))?;
        Ok(Member {
            data_bytes: size.saturating_sub(preamble.len() as u64),
            preamble,
            header,
            data,
        })
    }
}

/// Whether so many bytes can be had: NumPy's arrays are read into memory that nobody asks for politely.
fn fits_into_memory(bytes: u64) -> bool {
    let asked = usize::try_from(bytes).map(|bytes| Vec::<u8>::new().try_reserve_exact(bytes));
    matches!(asked, Ok(Ok(())))
}

/// One array in the file, read up to where its data starts.
struct Member<'a> {
    /// All bytes before the data.
    preamble: Vec<u8>,
    /// What they say.
    header: Header,
    /// How many bytes of data there are.
    data_bytes: u64,
    /// The data.
    data: ZipFile<'a, BufReader<File>>,
}

impl Member<'_> {
    /// The data have the length that the header promises.
    fn check_length(&self, item_bytes: usize) -> Result<(), String> {
        let shape = &self.header.shape;
        // An axis of length 0 must not hide one that is too long to be counted.
        let countable = product(shape.iter().map(|length| (*length).max(1)), item_bytes).is_some();
        let expected = product(shape.iter().copied(), item_bytes);
        if countable && expected == Some(self.data_bytes) {
            Ok(())
        } else {
            Err(format!(
                "has {} bytes of data, expected {} of {item_bytes} bytes each",
                self.data_bytes,
                shape_in_words(shape)
            ))
        }
    }
}

fn product(lengths: impl Iterator<Item = usize>, item_bytes: usize) -> Option<u64> {
    let mut total = item_bytes;
    for length in lengths {
        total = total.checked_mul(length)?;
    }
    isize::try_from(total).ok()?;
    u64::try_from(total).ok()
}

/// A shape as people write it: `10287×80×60×3`.
pub(crate) fn shape_in_words(shape: &[usize]) -> String {
    let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
    lengths.join("×")
}

/// The bytes of a `.npy` file before its data: `\x93NUMPY`, version (1, 0), the length of the rest as
/// two bytes, then a Python dictionary.
fn read_preamble(reader: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut preamble = vec![0; 10];
    let cut_off = |_| "cut off before its data start".to_owned();
    reader.read_exact(&mut preamble).map_err(cut_off)?;
    let [start @ .., low, high] = &preamble[..] else {
        return Err("cut off before its data start".to_owned());
    };
    if start != b"\x93NUMPY\x01\x00" {
        return Err("does not start as a `.npy` file of version 1.0".to_owned());
    }
    let length = u16::from_le_bytes([*low, *high]);
    let mut dictionary = vec![0; usize::from(length)];
    reader.read_exact(&mut dictionary).map_err(cut_off)?;
    // The parser that comes next calls itself for every bracket; ours have one pair for the shape.
    let brackets = |bracket: &u8| b"([{".contains(bracket);
    if dictionary.iter().filter(|byte| brackets(byte)).count() > 2 {
        return Err("is an array of structures, expected plain numbers or texts".to_owned());
    }
    preamble.extend(dictionary);
    Ok(preamble)
}

pub(crate) fn array_error(path: &Path, array: &str, problem: String) -> NpzError {
    NpzError::Array {
        path: path.to_owned(),
        array: array.to_owned(),
        problem,
    }
}
