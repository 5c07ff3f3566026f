//! What real TensorBoard has of a trial beside scalars: histograms, mistakes, texts, charts; and what a trial does
//! without.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::photographs::{Run, Workplace, file_name};
use crate::tensorboard_pages::{page, pictures};

/// Two configurations with a hidden layer, one without, of two seeds.
const GRID: &str = "task = \"shapes_and_colours\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n\
    dense_size = [0, 6]\n[train]\nepochs = 5\nbatch_size = 16\npatience = 5\nseeds = [0, 1]\nkeep = \"all\"\n";

fn sweep(workplace: &Workplace, text: &str) {
    sweep_called(workplace, "grid", text);
}

fn sweep_called(workplace: &Workplace, name: &str, text: &str) {
    let file = format!("sweeps/{name}.toml");
    workplace.write(&file, text);
    let run = workplace.fitroom(&["sweep", &file]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// The steps of a tag's values.
fn steps(tag: &Value) -> Vec<i64> {
    let values = tag.as_array().into_iter().flatten();
    values.map(|value| value[0].as_i64().unwrap()).collect()
}

fn best_epoch(folder: &Path) -> i64 {
    let result = fs::read_to_string(folder.join("result.toml")).unwrap();
    let result: toml::Table = result.parse().unwrap();
    result["figures"]["best_epoch"].as_integer().unwrap()
}

/// The tensors of a weight file by name, in single precision.
fn weights(folder: &Path) -> Vec<(String, Vec<f32>)> {
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    let (length, rest) = bytes.split_first_chunk::<8>().unwrap();
    let (head, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let head: Value = serde_json::from_slice(head).unwrap();
    let tensors = head.as_object().unwrap().iter();
    let tensors = tensors.filter(|(name, _)| *name != "__metadata__");
    tensors
        .map(|(name, tensor)| {
            let at = |end: usize| tensor["data_offsets"][end].as_u64().unwrap() as usize;
            let values = data[at(0)..at(1)].as_chunks::<4>().0.iter();
            let values = values.map(|bytes| f32::from_le_bytes(*bytes)).collect();
            (name.clone(), values)
        })
        .collect()
}

#[test]
fn histograms_show_the_weights_of_every_layer_after_every_epoch() {
    let workplace = Workplace::with_dataset();
    sweep(&workplace, GRID);
    let other = GRID.replace("kernel_num = 4", "kernel_num = [3, 5]\nlambda = 1e-3");
    sweep_called(&workplace, "other", &other);
    let Some(histograms) = page("histograms", &workplace.path("runs")) else {
        return;
    };
    assert_eq!(histograms.as_object().unwrap().len(), 12);
    let folders = ["grid", "other"].map(|sweep| {
        let folders = workplace.trial_folders(sweep).into_iter();
        folders.map(move |folder| (sweep, folder))
    });
    for (sweep, folder) in folders.into_iter().flatten() {
        let tags = histograms[format!("small/{sweep}/{}", file_name(&folder))]
            .as_object()
            .unwrap();
        let kept = weights(&folder);
        assert_eq!(tags.len(), kept.len(), "{:?}", tags.keys());
        for (name, values) in kept {
            let series = &tags[&name.replace('.', "/")];
            assert_eq!(steps(series), [1, 2, 3, 4, 5], "{name}");
            // The kept weights are those of the best epoch.
            let buckets = series[best_epoch(&folder) as usize - 1][1]
                .as_array()
                .unwrap();
            let edge = |bucket: &Value, side: usize| bucket[side].as_f64().unwrap();
            let counts: f64 = buckets.iter().map(|bucket| edge(bucket, 2)).sum();
            assert_eq!(counts, values.len() as f64, "{name}");
            let lowest = values.iter().copied().fold(f32::INFINITY, f32::min);
            let highest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert_eq!(edge(&buckets[0], 0), f64::from(lowest), "{name}");
            assert_eq!(
                edge(&buckets[buckets.len() - 1], 1),
                f64::from(highest),
                "{name}"
            );
        }
    }
}

#[test]
fn mistakes_texts_and_charts_reach_tensorboard() {
    let workplace = Workplace::with_dataset();
    sweep(&workplace, GRID);
    let runs = workplace.path("runs");
    let Some(images) = page("images", &runs) else {
        return;
    };
    let texts = page("texts", &runs).unwrap();
    for (folder, trial) in workplace
        .trial_folders("grid")
        .iter()
        .zip(sorted(workplace.trials()))
    {
        let run = format!("small/grid/{}", file_name(folder));
        let accuracy = trial["accuracy"].as_f64().unwrap();
        // 30 photographs are validated, and a mistake has its picture.
        let mistakes = ((1.0 - accuracy) * 30.0).round() as u32;
        let drawn = match images[&run].get("mistakes/best") {
            Some(_) => pictures(&images[&run], "mistakes/best"),
            None => Vec::new(),
        };
        assert_eq!(drawn.len(), usize::from(mistakes > 0), "{run}");
        for (step, png) in drawn {
            assert_eq!(step, best_epoch(folder));
            let picture = image::load_from_memory(&png).unwrap();
            let rows = mistakes.min(18).div_ceil(6);
            let columns = mistakes.min(6);
            assert_eq!(picture.width(), 10 + columns * 130, "{mistakes} mistakes");
            assert!(picture.height() > rows * 150 && picture.height() < rows * 230 + 40);
        }
        let text = |tag: &str| texts[&run][tag][0][1].as_str().unwrap().to_owned();
        assert_eq!(steps(&texts[&run]["trial"]), [0]);
        for word in [
            file_name(folder).as_str(),
            "shapes_and_colours",
            "dense_size",
            "bright",
        ] {
            assert!(
                text("trial").contains(word),
                "{word} is not in {}",
                text("trial")
            );
        }
        let percent = format!("{:.2} %", 100.0 * accuracy);
        assert!(text("result").contains(&percent), "{}", text("result"));
    }
    let layout = page("layout", &runs).unwrap();
    let charts = layout["category"][0]["chart"].as_array().unwrap();
    assert_eq!(layout["category"].as_array().unwrap().len(), 1);
    let tags: Vec<&Value> = charts
        .iter()
        .map(|chart| &chart["multiline"]["tag"])
        .collect();
    assert_eq!(
        json!(tags),
        json!([
            ["^accuracy/train$", "^accuracy/validation$"],
            ["^loss/train$", "^loss/validation$"]
        ])
    );
}

fn sorted(mut trials: Vec<Value>) -> Vec<Value> {
    trials.sort_by_key(|trial| trial["name"].as_str().unwrap().to_owned());
    trials
}

#[test]
fn a_sweep_file_says_how_much_is_logged_and_nothing_else_changes() {
    let workplace = Workplace::with_dataset();
    sweep(&workplace, GRID);
    let all = sorted(workplace.trials());
    fs::rename(workplace.path("runs"), workplace.path("runs-all")).unwrap();
    let less = "[tensorboard]\nhistograms_every = 2\nconfusion_matrices_every = 0\nmistakes = 0\n";
    sweep(&workplace, &format!("{GRID}{less}"));
    let mut again = sorted(workplace.trials());
    for (trial, before) in again.iter_mut().zip(&all) {
        for time in ["seconds", "ended"] {
            trial[time] = before[time].clone();
        }
        assert_eq!(trial, before);
    }
    let runs = workplace.path("runs");
    let Some(images) = page("images", &runs) else {
        return;
    };
    let histograms = page("histograms", &runs).unwrap();
    for folder in workplace.trial_folders("grid") {
        let run = format!("small/grid/{}", file_name(&folder));
        let tags: Vec<&String> = images[&run].as_object().unwrap().keys().collect();
        assert_eq!(tags, ["confusion_matrix/best"]);
        assert_eq!(steps(&histograms[&run]["output/kernel"]), [2, 4]);
    }
}

#[test]
fn a_trial_whose_event_file_cannot_be_written_goes_on_and_it_is_said_once_and_recorded() {
    let workplace = Workplace::with_dataset();
    let text = GRID
        .replace("dense_size = [0, 6]", "dense_size = 64")
        .replace("epochs = 5", "epochs = 60")
        .replace("patience = 5", "patience = 60")
        .replace("seeds = [0, 1]", "seeds = [0]");
    workplace.write("sweeps/grid.toml", &text);
    let program = assert_cmd::cargo::cargo_bin!("fitroom");
    // No file may grow beyond this: only the event file does, by a picture and eight histograms for each epoch. The
    // signal ignored, the system answers with an error.
    let limited = format!(
        "trap '' XFSZ; ulimit -f 1000; exec {} sweep sweeps/grid.toml",
        program.display()
    );
    let output = Command::new("bash")
        .args(["-c", &limited])
        .current_dir(workplace.path("."))
        .env_remove("FITROOM_DATA")
        .output();
    let run = Run::of(output.unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stderr.matches("TensorBoard gets").count(),
        1,
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("File too large"), "{}", run.stderr);
    let warnings: Vec<(String,)> = workplace.query("select warning from attempts");
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].0.contains("File too large"),
        "{}",
        warnings[0].0
    );
    let trials = workplace.trials();
    assert_eq!(
        (&trials[0]["state"], &trials[0]["epochs"]),
        (&json!("finished"), &json!(60))
    );
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/grid.html")).unwrap();
    assert!(page.contains("1 trial trained with a warning"));
}
