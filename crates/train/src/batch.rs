//! Photographs of a dataset as the network takes them.

use std::marker::PhantomData;

use fitroom_data::{Dataset, Pictures, Row};
use tch::{TchError, Tensor};

use crate::memory::Floats;

/// Photographs and classes of one batch.
pub(crate) struct Batch<'g> {
    /// (N, 3, H, W) in channels-last memory, single precision in [0, 1]: the gatherer's own.
    pub(crate) photographs: Tensor,
    /// (N), class indices.
    pub(crate) classes: Vec<i64>,
    /// The next batch takes the photographs' place in memory.
    gatherer: PhantomData<&'g Floats>,
}

/// Gathers batches without copying the dataset.
pub(crate) struct Gatherer<'a> {
    pixels: &'a [u8],
    height: usize,
    width: usize,
    buffer: Floats,
}

/// Photographs that cannot be gathered.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The dataset's memory has an unexpected layout.
    #[error("the pixels of dataset `{0}` do not lie in one piece, row by row")]
    NotContiguous(String),
    /// LibTorch refused, for want of memory for example.
    #[error("LibTorch failed to make room for photographs")]
    LibTorch(#[from] TchError),
}

const CHANNELS: usize = fitroom_domain::CHANNELS as usize;

/// The photographs of a dataset.
pub(crate) fn pictures(dataset: &Dataset) -> Result<Pictures<'_>, GatherError> {
    let pictures = dataset.pictures();
    pictures.ok_or_else(|| GatherError::NotContiguous(dataset.name.clone()))
}

impl<'a> Gatherer<'a> {
    /// A gatherer of these photographs, at most `batch` at once.
    pub(crate) fn new(pictures: &Pictures<'a>, batch: usize) -> Result<Gatherer<'a>, TchError> {
        let size = pictures.size();
        let (height, width) = (size.height as usize, size.width as usize);
        Ok(Gatherer {
            pixels: pictures.pixels(),
            height,
            width,
            buffer: Floats::zeros(batch * height * width * CHANNELS)?,
        })
    }

    /// The batch of these rows, which are of the same photographs.
    pub(crate) fn gather<'r>(
        &mut self,
        rows: impl ExactSizeIterator<Item = &'r Row>,
    ) -> Result<Batch<'_>, TchError> {
        let count = rows.len();
        let line = self.width * CHANNELS;
        let photograph = self.height * line;
        let mut classes = Vec::with_capacity(count);
        for (row, values) in rows.zip(self.buffer.chunks_exact_mut(photograph)) {
            classes.push(i64::from(row.class));
            let start = row.photograph as usize * photograph;
            let pixels = &self.pixels[start..start + photograph];
            if row.mirrored {
                let lines = pixels.chunks_exact(line).zip(values.chunks_exact_mut(line));
                for (pixels, values) in lines {
                    let pixels = pixels.rchunks_exact(CHANNELS);
                    for (pixel, values) in pixels.zip(values.chunks_exact_mut(CHANNELS)) {
                        scale(pixel, values);
                    }
                }
            } else {
                scale(pixels, values);
            }
        }
        let [count, height, width, channels] =
            [count, self.height, self.width, CHANNELS].map(|length| length as i64);
        Ok(Batch {
            // NHWC bytes are NCHW in channels-last memory.
            photographs: self
                .buffer
                .matrix(count as usize, photograph)?
                .f_view([count, height, width, channels])?
                .f_permute([0, 3, 1, 2])?,
            classes,
            gatherer: PhantomData,
        })
    }
}

/// Bytes as numbers in [0, 1].
fn scale(bytes: &[u8], values: &mut [f32]) {
    for (byte, value) in bytes.iter().zip(values) {
        *value = f32::from(*byte) / 255.0;
    }
}
