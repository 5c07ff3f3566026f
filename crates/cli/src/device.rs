//! `--device`: what computes.

use std::str::FromStr;

use anyhow::Context;
use fitroom_train::{Engine, gpus};

/// What computes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Device {
    /// The first GPU, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// This GPU, counted from 0.
    Gpu(usize),
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Device, String> {
        let gpu = || text.strip_prefix("cuda:")?.parse().ok().map(Device::Gpu);
        match text {
            "auto" => Ok(Device::Auto),
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Gpu(0)),
            _ => {
                gpu().ok_or_else(|| "expected `auto`, `cpu`, or a GPU such as `cuda:0`".to_owned())
            }
        }
    }
}

impl Device {
    /// What computes on this device.
    ///
    /// # Errors
    /// When there is no such GPU.
    pub(crate) fn engine(self) -> anyhow::Result<Engine> {
        match self {
            Device::Cpu => Ok(Engine::cpu()),
            Device::Auto if gpus() == 0 => Ok(Engine::cpu()),
            Device::Auto => Ok(Engine::gpu(0)?),
            Device::Gpu(index) => {
                let gpu = Engine::gpu(index);
                gpu.with_context(|| format!("--device cuda:{index}: there is no such GPU"))
            }
        }
    }
}
