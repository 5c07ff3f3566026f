//! Photographs of a dataset as the network takes them.

use fitroom_data::{Dataset, Row};
use tch::{TchError, Tensor};

/// Photographs and classes of one batch.
pub(crate) struct Batch {
    /// (N, 3, H, W) in channels-last memory, single precision in [0, 1].
    pub(crate) photographs: Tensor,
    /// (N), 64-bit class indices.
    pub(crate) classes: Tensor,
}

/// Gathers batches without copying the dataset.
pub(crate) struct Gatherer<'a> {
    pixels: &'a [u8],
    height: usize,
    width: usize,
    scaled: [f32; 256],
    buffer: Vec<f32>,
}

/// A dataset whose pixels cannot be gathered.
#[derive(Debug, thiserror::Error)]
#[error("the pixels of dataset `{0}` do not lie in one piece, row by row")]
pub struct PixelsNotContiguous(String);

const CHANNELS: usize = fitroom_domain::CHANNELS as usize;

impl<'a> Gatherer<'a> {
    /// A gatherer of this dataset's photographs.
    pub(crate) fn new(dataset: &'a Dataset) -> Result<Gatherer<'a>, PixelsNotContiguous> {
        let pixels = dataset
            .images
            .as_slice()
            .ok_or_else(|| PixelsNotContiguous(dataset.name.clone()))?;
        let size = dataset.image_size();
        Ok(Gatherer {
            pixels,
            height: size.height as usize,
            width: size.width as usize,
            scaled: std::array::from_fn(|byte| byte as f32 / 255.0),
            buffer: Vec::new(),
        })
    }

    /// The batch of these rows. Rows come from [`fitroom_data::task_rows`] on the same dataset.
    pub(crate) fn gather<'r>(
        &mut self,
        rows: impl ExactSizeIterator<Item = &'r Row>,
    ) -> Result<Batch, TchError> {
        let count = rows.len();
        let line = self.width * CHANNELS;
        let photograph = self.height * line;
        self.buffer.clear();
        self.buffer.reserve(count * photograph);
        let mut classes = Vec::with_capacity(count);
        for row in rows {
            classes.push(i64::from(row.class));
            let start = row.photograph as usize * photograph;
            let pixels = &self.pixels[start..start + photograph];
            if row.mirrored {
                for line in pixels.chunks_exact(line) {
                    for pixel in line.chunks_exact(CHANNELS).rev() {
                        self.buffer
                            .extend(pixel.iter().map(|byte| self.scaled[*byte as usize]));
                    }
                }
            } else {
                self.buffer
                    .extend(pixels.iter().map(|byte| self.scaled[*byte as usize]));
            }
        }
        let shape = [
            count as i64,
            self.height as i64,
            self.width as i64,
            CHANNELS as i64,
        ];
        Ok(Batch {
            // NHWC bytes are NCHW in channels-last memory.
            photographs: Tensor::f_from_slice(&self.buffer)?
                .f_view(shape)?
                .f_permute([0, 3, 1, 2])?,
            classes: Tensor::f_from_slice(&classes)?,
        })
    }
}
