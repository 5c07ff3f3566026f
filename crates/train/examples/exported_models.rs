//! Writes networks as they are written for PyTorch, with what they predict here, for the numbers that
//! `bench/export_reference.py` makes.

use std::convert::Infallible;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Parser;
use fitroom_data::{Dataset, Predictions, draw_demo, write_predictions};
use fitroom_train::{Engine, PytorchModel, predict, pytorch_file, write_weights};
use ndarray::Array2;

#[path = "../tests/exported/mod.rs"]
mod exported;

use exported::{NETWORKS, Problem, catalogue, name, rows, shape, weights};

#[derive(Parser)]
struct Arguments {
    /// Where to write: a folder for each dataset, in it one for each network.
    out: PathBuf,
    /// The folder in which `fashion-catalogue.zip` lies.
    #[arg(long, env = "FITROOM_TEST_DATA")]
    test_data: PathBuf,
}

fn main() -> Result<(), Problem> {
    let arguments = Arguments::parse();
    for dataset in [draw_demo(0)?, catalogue(&arguments.test_data)?] {
        let folder = arguments.out.join(&dataset.name);
        dataset.save(&folder)?;
        for network in NETWORKS {
            write_model(network, &dataset, &folder.join(name(network)))?;
        }
    }
    Ok(())
}

fn write_model(network: [u32; 4], dataset: &Dataset, folder: &Path) -> Result<(), Problem> {
    fs::create_dir_all(folder)?;
    let shape = shape(network, dataset.image_size())?;
    let weights = weights(&shape)?;
    let nobody = "0".repeat(32).parse()?;
    write_weights(&weights, &nobody, &folder.join("model.safetensors"))?;
    let classes: Vec<String> = (0..shape.classes).map(|it| format!("class {it}")).collect();
    let text = pytorch_file(&PytorchModel {
        shape: &shape,
        title: &format!("{}, untrained, on {}", name(network), dataset.name),
        classes: &classes,
        version: env!("CARGO_PKG_VERSION"),
    });
    fs::write(folder.join("model.py"), text)?;
    let rows = rows(dataset);
    let go_on = &mut |_| ControlFlow::<Infallible>::Continue(());
    let ControlFlow::Continue(predicted) = predict(
        &weights,
        &dataset.pictures().ok_or("the dataset has no pictures")?,
        &rows,
        Engine::cpu(),
        go_on,
    )?;
    let logits = Array2::from_shape_vec((rows.len(), predicted.classes), predicted.logits)?;
    let predictions = Predictions { rows, logits };
    write_predictions(&folder.join("predictions.npz"), &predictions)?;
    Ok(())
}
