//! How the activations of one photograph lie in memory.

/// Channels of a plane at most: runs of a few pixels of it then fit the registers, and a few rows of it the
/// first-level cache.
const WIDEST: usize = 32;

/// Channels in groups of equal size, each group a plane of its own: pixels row by row, the group's channels
/// side by side. A photograph is one plane of three channels, which is how the dataset has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Planes {
    /// Planes.
    pub(crate) count: usize,
    /// Pixels from top to bottom.
    pub(crate) height: usize,
    /// Pixels from left to right.
    pub(crate) width: usize,
    /// Channels of each plane.
    pub(crate) channels: usize,
}

impl Planes {
    /// The plane of a photograph.
    pub(crate) fn of_photograph(height: usize, width: usize) -> Planes {
        Planes {
            count: 1,
            height,
            width,
            channels: fitroom_domain::CHANNELS as usize,
        }
    }

    /// Planes for what `kernels` kernels give: as few as possible, each a multiple of eight channels wide.
    /// What is beyond `kernels` is zero.
    pub(crate) fn of_kernels(height: usize, width: usize, kernels: usize) -> Planes {
        let count = kernels.div_ceil(WIDEST).max(1);
        Planes {
            count,
            height,
            width,
            channels: kernels.div_ceil(count).next_multiple_of(8),
        }
    }

    /// Channels of all planes.
    pub(crate) fn all_channels(&self) -> usize {
        self.count * self.channels
    }

    /// Values of one row of one plane.
    pub(crate) fn row(&self) -> usize {
        self.width * self.channels
    }

    /// Values of one plane.
    pub(crate) fn plane(&self) -> usize {
        self.height * self.row()
    }

    /// Values of all planes.
    pub(crate) fn len(&self) -> usize {
        self.count * self.plane()
    }
}
