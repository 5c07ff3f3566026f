//! Tensors in a file: safetensors, readable by PyTorch and NumPy.
//!
//! ```text
//! length of the header (u64) · header: JSON of names, types, shapes, places, and our own text · values
//! ```
//!
//! Both ways it is one tensor after the other: beside the network's own there is never more than one in memory.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use tch::{TchError, Tensor};

use crate::memory::{Floats, bytes, bytes_mut, in_order};

/// Bytes of the length in front of the header.
const LENGTH: u64 = size_of::<u64>() as u64;

/// Longer headers than any of ours are taken for damage.
const LONGEST_HEADER: u64 = 1 << 24;

/// Tensors that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteTensorsError {
    /// A tensor's values could not be read.
    #[error("LibTorch failed to hand over weights")]
    LibTorch(#[from] TchError),
    /// The format refused.
    #[error("failed to lay out weights")]
    Format(#[from] SafeTensorError),
    /// The disk refused.
    #[error("failed to write `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Tensors that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadTensorsError {
    /// The disk refused, or the file ends early.
    #[error("failed to read `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no safetensors file.
    #[error("`{path}` is no whole safetensors file")]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SafeTensorError,
    },
    /// It holds other tensors than this network has.
    #[error("`{path}` holds `{tensor}` as {found}, expected {expected}")]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// What the file holds.
        found: String,
        /// What the network needs.
        expected: String,
    },
    /// LibTorch refused.
    #[error("LibTorch failed to take over weights")]
    LibTorch(#[from] TchError),
}

/// Writes tensors by name, in single precision, each in the usual order of its shape, with a text under `key`
/// in the header. Equal tensors give equal files.
pub(crate) fn write_tensors(
    path: &Path,
    tensors: &[(String, &Tensor)],
    (key, text): (&str, String),
) -> Result<(), WriteTensorsError> {
    let mut end = 0;
    let infos = tensors.iter().map(|(name, tensor)| {
        let start = end;
        end += tensor.numel() * size_of::<f32>();
        let info = TensorInfo {
            dtype: Dtype::F32,
            shape: shape_of(tensor),
            data_offsets: (start, end),
        };
        (name.clone(), info)
    });
    // One entry only: the order of several would be left to chance.
    let metadata = HashMap::from([(key.to_owned(), text)]);
    let header = Metadata::new(Some(metadata), infos.collect())?;
    let mut header = serde_json::to_vec(&header).map_err(SafeTensorError::JsonError)?;
    // The values begin at a multiple of eight bytes.
    header.resize(header.len().next_multiple_of(LENGTH as usize), b' ');
    let io = |source| WriteTensorsError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = File::create(path).map_err(io)?;
    let length = (header.len() as u64).to_le_bytes();
    file.write_all(&length).map_err(io)?;
    file.write_all(&header).map_err(io)?;
    for (_, tensor) in tensors {
        file.write_all(bytes(&in_order(tensor)?)).map_err(io)?;
    }
    Ok(())
}

/// An open file of tensors.
#[derive(Debug)]
pub(crate) struct TensorFile {
    path: PathBuf,
    file: File,
    header: Metadata,
    /// Where the values begin.
    start: u64,
}

impl TensorFile {
    pub(crate) fn open(path: &Path) -> Result<TensorFile, ReadTensorsError> {
        let io = |source| ReadTensorsError::Io {
            path: path.to_owned(),
            source,
        };
        let format = |source| ReadTensorsError::Format {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        if size < LENGTH {
            return Err(format(SafeTensorError::HeaderTooSmall));
        }
        let mut length = [0; LENGTH as usize];
        file.read_exact(&mut length).map_err(io)?;
        let length = u64::from_le_bytes(length);
        if length > LONGEST_HEADER || length > size - LENGTH {
            return Err(format(SafeTensorError::InvalidHeaderLength));
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header).map_err(io)?;
        // Checks places against shapes too.
        let header: Metadata = serde_json::from_slice(&header)
            .map_err(|error| format(SafeTensorError::InvalidHeaderDeserialization(error)))?;
        if LENGTH + length + header.data_len() as u64 != size {
            return Err(format(SafeTensorError::MetadataIncompleteBuffer));
        }
        Ok(TensorFile {
            path: path.to_owned(),
            file,
            header,
            start: LENGTH + length,
        })
    }

    /// The text under `key` in the header.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.header
            .metadata()
            .as_ref()?
            .get(key)
            .map(String::as_str)
    }

    /// Refuses a file with a tensor whose name is none of these.
    pub(crate) fn expect_only(&self, names: &[String]) -> Result<(), ReadTensorsError> {
        match self
            .header
            .offset_keys()
            .into_iter()
            .find(|name| !names.contains(name))
        {
            None => Ok(()),
            Some(extra) => Err(ReadTensorsError::Mismatch {
                path: self.path.clone(),
                tensor: extra,
                found: "a tensor".to_owned(),
                expected: "none of that name".to_owned(),
            }),
        }
    }

    /// Whether there is a tensor of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.header.info(name).is_some()
    }

    /// Copies the tensor `name` into `tensor`, whose shape it must have.
    pub(crate) fn copy_into(
        &mut self,
        name: &str,
        tensor: &Tensor,
    ) -> Result<(), ReadTensorsError> {
        let expected = shape_of(tensor);
        let mismatch = |found: String| ReadTensorsError::Mismatch {
            path: self.path.clone(),
            tensor: name.to_owned(),
            found,
            expected: format!("F32 {expected:?}"),
        };
        let info = self.header.info(name);
        let info = info.ok_or_else(|| mismatch("nothing".to_owned()))?;
        if info.dtype != Dtype::F32 || info.shape != expected {
            return Err(mismatch(format!("{:?} {:?}", info.dtype, info.shape)));
        }
        let place = SeekFrom::Start(self.start + info.data_offsets.0 as u64);
        let mut values = Floats::zeros(tensor.numel())?;
        self.file
            .seek(place)
            .and_then(|_| self.file.read_exact(bytes_mut(&mut values)))
            .map_err(|source| ReadTensorsError::Io {
                path: self.path.clone(),
                source,
            })?;
        let read = values
            .matrix(1, values.len())?
            .f_view(tensor.size().as_slice())?;
        tch::no_grad(|| tensor.shallow_clone().f_copy_(&read))?;
        Ok(())
    }
}

fn shape_of(tensor: &Tensor) -> Vec<usize> {
    tensor.size().iter().map(|side| *side as usize).collect()
}
