//! Values in LibTorch's memory as slices, and the other way round.

#![allow(unsafe_code, reason = "LibTorch hands out its memory as a pointer")]

use std::ops::{Deref, DerefMut};
use std::slice;

use tch::{Device, Kind, TchError, Tensor};

/// Single-precision values on the CPU, from the start of a cache line on, which vector instructions like. Too
/// many for the memory are an error, while a vector would end the process.
#[derive(Debug)]
pub(crate) struct Floats {
    tensor: Tensor,
    length: usize,
}

// SAFETY: what is shared is read as a slice; `matrix` is called by the thread that owns the values.
unsafe impl Sync for Floats {}

impl Floats {
    /// `length` zeros.
    pub(crate) fn zeros(length: usize) -> Result<Floats, TchError> {
        Ok(Floats {
            tensor: Tensor::f_zeros([length as i64], (Kind::Float, Device::Cpu))?,
            length,
        })
    }

    /// The first values as a matrix that shares this memory.
    pub(crate) fn matrix(&self, rows: usize, columns: usize) -> Result<Tensor, TchError> {
        let (rows, columns) = (rows as i64, columns as i64);
        self.tensor
            .f_narrow(0, 0, rows * columns)?
            .f_view([rows, columns])
    }
}

impl Deref for Floats {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: the tensor was made with this length and kind, on the CPU.
        unsafe { slice_of(&self.tensor, self.length) }
    }
}

impl DerefMut for Floats {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: likewise; and nothing else reads or writes it while `self` is borrowed, for LibTorch
        // computes with the views of `matrix` only while it is called.
        unsafe { slice_of_mut(&self.tensor, self.length) }
    }
}

/// The values of a tensor in the order in which they lie in memory: row by row, a convolution's kernel as
/// (kernel, height, width, channel).
///
/// # Errors
/// When they are not in single precision, not on the CPU, or not in one piece in that order.
pub(crate) fn values(tensor: &Tensor) -> Result<&[f32], TchError> {
    let length = length(tensor)?;
    // SAFETY: `length` looked at it.
    Ok(unsafe { slice_of(tensor, length) })
}

/// As [`values`], to be changed.
pub(crate) fn values_mut(tensor: &mut Tensor) -> Result<&mut [f32], TchError> {
    let length = length(tensor)?;
    // SAFETY: `length` looked at it. Tensors of weights and moments share their memory with no other.
    Ok(unsafe { slice_of_mut(tensor, length) })
}

/// The bytes of these values.
pub(crate) fn bytes(values: &[f32]) -> &[u8] {
    // SAFETY: every byte of a value is a byte, and bytes may lie anywhere.
    unsafe { slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

/// The bytes of these values, to be changed.
pub(crate) fn bytes_mut(values: &mut [f32]) -> &mut [u8] {
    // SAFETY: likewise, and any four bytes are a value.
    unsafe { slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
}

/// The values of a tensor, wherever it lies, in the usual order of its shape.
pub(crate) fn in_order(tensor: &Tensor) -> Result<Floats, TchError> {
    let mut floats = Floats::zeros(tensor.numel())?;
    let flat = tensor.f_detach()?.f_contiguous()?.f_view([-1])?;
    floats.tensor.f_copy_(&flat)?;
    Ok(floats)
}

fn length(tensor: &Tensor) -> Result<usize, TchError> {
    let in_order = match tensor.size().len() {
        4 => tensor.f_permute([0, 2, 3, 1])?.is_contiguous(),
        _ => tensor.is_contiguous(),
    };
    let (kind, device) = (tensor.f_kind()?, tensor.device());
    if kind != Kind::Float || device != Device::Cpu || !in_order {
        return Err(TchError::Shape(format!(
            "{:?} of {kind:?} on {device:?} with strides {:?}, expected single precision on the CPU, \
             channels last",
            tensor.size(),
            tensor.stride(),
        )));
    }
    Ok(tensor.numel())
}

/// # Safety
/// The tensor holds at least `length` values in single precision, side by side, on the CPU.
unsafe fn slice_of(tensor: &Tensor, length: usize) -> &[f32] {
    match length {
        0 => &[],
        // SAFETY: as the caller promises.
        _ => unsafe { slice::from_raw_parts(tensor.data_ptr().cast(), length) },
    }
}

/// # Safety
/// As [`slice_of`]; and nothing else uses the tensor's memory while the slice lives.
#[expect(
    clippy::mut_from_ref,
    reason = "a tensor is a handle; callers borrow its owner mutably"
)]
unsafe fn slice_of_mut(tensor: &Tensor, length: usize) -> &mut [f32] {
    match length {
        0 => &mut [],
        // SAFETY: as the caller promises.
        _ => unsafe { slice::from_raw_parts_mut(tensor.data_ptr().cast(), length) },
    }
}
