//! Hands on where LibTorch lies, so that binaries find it without `LD_LIBRARY_PATH`, and its version.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let Ok(libraries) = env::var("DEP_TCH_LIBTORCH_LIB") else {
        println!("cargo:warning=torch-sys does not say where LibTorch is");
        return;
    };
    println!("cargo:rustc-link-arg=-Wl,-rpath,{libraries}");
    println!("cargo:libtorch_lib={libraries}");
    let header = Path::new(&libraries).join("../include/torch/headeronly/version.h");
    println!("cargo:rerun-if-changed={}", header.display());
    let version = fs::read_to_string(&header)
        .ok()
        .and_then(|text| version(&text))
        .unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=FITROOM_LIBTORCH_VERSION={version}");
}

/// `2.13.0` from the header that LibTorch installs.
fn version(header: &str) -> Option<String> {
    let part = |name: &str| {
        header.lines().find_map(|line| {
            let rest = line.strip_prefix("#define TORCH_VERSION_")?;
            rest.strip_prefix(name)?.trim().parse::<u32>().ok()
        })
    };
    Some(format!(
        "{}.{}.{}",
        part("MAJOR ")?,
        part("MINOR ")?,
        part("PATCH ")?
    ))
}
