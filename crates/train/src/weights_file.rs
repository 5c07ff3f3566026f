//! Weights in a file.

use std::path::Path;

use fitroom_domain::{NetworkShape, TrialId};
use tch::Tensor;

use crate::glorot::initial_weights;
use crate::tensor_file::{ReadTensorsError, TensorFile, WriteTensorsError, write_tensors};
use crate::weights::Weights;

/// Writes weights to `path`, as safetensors, under the names of [`Weights::named`], single precision, each
/// tensor in the usual order of its shape, with the trial's id in the header. Equal weights give equal files.
pub fn write_weights(
    weights: &Weights,
    trial: &TrialId,
    path: &Path,
) -> Result<(), WriteTensorsError> {
    let named = weights.named().into_iter();
    let tensors: Vec<(String, &Tensor)> = named.map(|(name, it)| (name.to_owned(), it)).collect();
    write_tensors(path, &tensors, ("trial", trial.to_string()))
}

/// Reads the weights of a network of this shape.
pub fn read_weights(path: &Path, shape: &NetworkShape) -> Result<Weights, ReadTensorsError> {
    let mut file = TensorFile::open(path)?;
    // Initial weights have the names, shapes and layouts that the file must have.
    let weights = initial_weights(shape, 0)?;
    let named = weights.named();
    let names: Vec<String> = named.iter().map(|(name, _)| (*name).to_owned()).collect();
    file.expect_only(&names)?;
    for (name, tensor) in named {
        file.copy_into(name, tensor)?;
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use std::fs;

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
            message(4, 6).contains("no whole safetensors file"),
            "{}",
            message(4, 6)
        );
    }
}
