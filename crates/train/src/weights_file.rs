//! Weights in a file: safetensors, readable by PyTorch and NumPy.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fitroom_domain::{NetworkShape, TrialId};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use tch::{Kind, TchError, Tensor};

use crate::glorot::initial_weights;
use crate::weights::Weights;

/// Weights that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteWeightsError {
    /// A tensor's values could not be read.
    #[error("LibTorch failed to hand over weights")]
    LibTorch(#[from] TchError),
    /// The format refused.
    #[error("failed to lay out weights")]
    Format(#[from] safetensors::SafeTensorError),
    /// The disk refused.
    #[error("failed to write `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Weights that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadWeightsError {
    /// The disk refused.
    #[error("failed to read `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no safetensors file.
    #[error("`{path}` is no safetensors file")]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        source: safetensors::SafeTensorError,
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

/// Writes weights to `path` under the names of [`Weights::named`], single precision, each tensor in the
/// usual order of its shape, with the trial's id in the header. Equal weights give equal files.
pub fn write_weights(
    weights: &Weights,
    trial: &TrialId,
    path: &Path,
) -> Result<(), WriteWeightsError> {
    let tensors = weights
        .named()
        .into_iter()
        .map(|(name, tensor)| Ok((name, shape_of(tensor), bytes_of(tensor)?)))
        .collect::<Result<Vec<_>, TchError>>()?;
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((*name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    // One entry only: the order of several would be left to chance.
    let metadata = HashMap::from([("trial".to_owned(), trial.to_string())]);
    let file = safetensors::serialize(views, Some(metadata))?;
    fs::write(path, file).map_err(|source| WriteWeightsError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Reads the weights of a network of this shape.
pub fn read_weights(path: &Path, shape: &NetworkShape) -> Result<Weights, ReadWeightsError> {
    let bytes = fs::read(path).map_err(|source| ReadWeightsError::Io {
        path: path.to_owned(),
        source,
    })?;
    let file = SafeTensors::deserialize(&bytes).map_err(|source| ReadWeightsError::Format {
        path: path.to_owned(),
        source,
    })?;
    // Initial weights have the names, shapes and layouts that the file must have.
    let weights = initial_weights(shape, 0)?;
    let expected: Vec<&str> = weights.named().iter().map(|(name, _)| *name).collect();
    if let Some(extra) = file
        .names()
        .into_iter()
        .find(|name| !expected.contains(name))
    {
        return Err(ReadWeightsError::Mismatch {
            path: path.to_owned(),
            tensor: extra.to_owned(),
            found: "a tensor".to_owned(),
            expected: "none of that name".to_owned(),
        });
    }
    for (name, tensor) in weights.named() {
        copy_into(&file, path, name, tensor)?;
    }
    Ok(weights)
}

/// Copies the file's tensor `name` into `tensor`.
fn copy_into(
    file: &SafeTensors<'_>,
    path: &Path,
    name: &str,
    tensor: &Tensor,
) -> Result<(), ReadWeightsError> {
    let expected = shape_of(tensor);
    let mismatch = |found: String| ReadWeightsError::Mismatch {
        path: path.to_owned(),
        tensor: name.to_owned(),
        found,
        expected: format!("F32 {expected:?}"),
    };
    let view = file
        .tensor(name)
        .map_err(|_| mismatch("nothing".to_owned()))?;
    if view.dtype() != Dtype::F32 || view.shape() != expected {
        return Err(mismatch(format!("{:?} {:?}", view.dtype(), view.shape())));
    }
    let read = Tensor::f_from_data_size(view.data(), &tensor.size(), Kind::Float)?;
    tch::no_grad(|| tensor.shallow_clone().f_copy_(&read))?;
    Ok(())
}

fn shape_of(tensor: &Tensor) -> Vec<usize> {
    tensor.size().iter().map(|side| *side as usize).collect()
}

/// The values of a tensor in the usual order of its shape, little-endian.
fn bytes_of(tensor: &Tensor) -> Result<Vec<u8>, TchError> {
    let values = tensor.f_detach()?.f_contiguous()?;
    let mut bytes = vec![0; values.numel() * size_of::<f32>()];
    values.f_copy_data_u8(&mut bytes, values.numel())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use fitroom_domain::{Hyperparameters, ImageSize};

    use super::*;

    fn shape(kernel_num: u32, dense_size: u32) -> NetworkShape {
        let hyperparameters = Hyperparameters::new(5, 3, kernel_num, dense_size, 0.0, 0.0).unwrap();
        let size = ImageSize {
            height: 18,
            width: 15,
        };
        NetworkShape::new(size, &hyperparameters, 3).unwrap()
    }

    fn trial() -> TrialId {
        "0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    #[test]
    fn weights_survive_their_file_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let weights = initial_weights(&shape(4, 6), 7).unwrap();
        write_weights(&weights, &trial(), &path).unwrap();
        let read = read_weights(&path, &shape(4, 6)).unwrap();
        assert_eq!(read.named().len(), 8);
        for ((name, written), (_, read)) in weights.named().into_iter().zip(read.named()) {
            assert!(written.equal(read), "{name}");
            assert_eq!(written.stride(), read.stride(), "{name} has another layout");
        }
    }

    #[test]
    fn weights_of_another_network_are_refused_with_the_tensor() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        write_weights(&initial_weights(&shape(4, 6), 7).unwrap(), &trial(), &path).unwrap();
        let message = |kernel_num, dense_size| {
            read_weights(&path, &shape(kernel_num, dense_size))
                .unwrap_err()
                .to_string()
        };
        assert!(
            message(8, 6).contains("`convolution_1.kernel`"),
            "{}",
            message(8, 6)
        );
        assert!(message(4, 0).contains("`hidden."), "{}", message(4, 0));
        fs::write(&path, "not weights").unwrap();
        assert!(
            message(4, 6).contains("no safetensors file"),
            "{}",
            message(4, 6)
        );
    }
}
