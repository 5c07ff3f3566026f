//! What computes.

use std::fmt;

use crate::kernels::Avx2;

/// What computes training steps and predictions. All engines follow the same rules and give the same results
/// but for rounding; to the bit they agree only with themselves.
#[derive(Debug, Clone, Copy)]
pub struct Engine(pub(crate) Kind);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Our own kernels for the two convolutions, on the CPU.
    Kernels(Avx2),
    /// LibTorch's operators and its automatic differentiation.
    LibTorch(tch::Device),
}

/// There is no such GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("LibTorch sees no GPU {wanted}: it sees {count}")]
pub struct NoSuchGpu {
    /// The GPU that was asked for, counted from 0.
    pub wanted: usize,
    /// How many GPUs there are.
    pub count: usize,
}

impl Engine {
    /// The fastest on the CPU: our own kernels, or LibTorch where the processor lacks AVX2 or fused
    /// multiply-add.
    pub fn cpu() -> Engine {
        Engine::kernels().unwrap_or_else(Engine::libtorch)
    }

    /// Our own kernels, if the processor has AVX2 and fused multiply-add.
    pub fn kernels() -> Option<Engine> {
        Avx2::detect().map(|avx2| Engine(Kind::Kernels(avx2)))
    }

    /// LibTorch on the CPU: what the kernels are compared with.
    pub fn libtorch() -> Engine {
        Engine(Kind::LibTorch(tch::Device::Cpu))
    }

    /// LibTorch on a GPU, counted from 0.
    pub fn gpu(index: usize) -> Result<Engine, NoSuchGpu> {
        let count = gpus();
        if index < count {
            Ok(Engine(Kind::LibTorch(tch::Device::Cuda(index))))
        } else {
            Err(NoSuchGpu {
                wanted: index,
                count,
            })
        }
    }

    /// Whether it is a GPU.
    pub fn is_gpu(self) -> bool {
        matches!(self.0, Kind::LibTorch(tch::Device::Cuda(_)))
    }

    /// Where tensors lie that it computes with.
    pub(crate) fn device(self) -> tch::Device {
        match self.0 {
            Kind::Kernels(_) => tch::Device::Cpu,
            Kind::LibTorch(device) => device,
        }
    }
}

/// From now on, what this thread asks to be computed is computed by it alone.
pub fn use_one_thread() {
    tch::set_num_threads(1);
}

/// GPUs that LibTorch sees.
pub fn gpus() -> usize {
    usize::try_from(tch::Cuda::device_count()).unwrap_or(0)
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Kernels(_) => write!(formatter, "kernels {}", crate::kernels::VERSION),
            Kind::LibTorch(tch::Device::Cuda(index)) => write!(formatter, "cuda:{index}"),
            Kind::LibTorch(_) => formatter.write_str("operators"),
        }
    }
}
