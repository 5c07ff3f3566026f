//! What, beside a trial's id, its bits depend on.

use std::env;
use std::fs;

use crate::engine::Engine;

/// LibTorch's version.
pub const LIBTORCH: &str = env!("FITROOM_LIBTORCH_VERSION");

/// LibTorch's version, the instruction set that it uses, the processor and the threads, as one text:
/// results are promised to be equal to the bit where these texts are.
pub fn numerics(engine: Engine, threads: u32) -> String {
    format!(
        "libtorch {LIBTORCH}, {engine}, cpu {} ({}), threads {threads}",
        instruction_set(),
        processor()
    )
}

/// The instruction set that LibTorch's own kernels choose, by its rules: `ATEN_CPU_CAPABILITY`, else the
/// widest that the processor has.
fn instruction_set() -> String {
    if let Ok(forced) = env::var("ATEN_CPU_CAPABILITY") {
        return forced;
    }
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq");
    match (avx2, avx512) {
        (true, true) => "avx512",
        (true, false) => "avx2",
        _ => "default",
    }
    .to_owned()
}

/// The processor's name: matrix libraries choose their kernels by it.
pub fn processor() -> String {
    fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| "unknown processor".to_owned())
}
