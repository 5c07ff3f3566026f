//! Invented reports with plausible numbers, the same at every run.

#![allow(
    dead_code,
    reason = "each of the programs that include this needs a part of it"
)]
#![allow(
    clippy::unwrap_used,
    reason = "the invented numbers are known to be valid"
)]

pub(crate) mod routes;
pub(crate) mod test_split;

use std::collections::BTreeMap;

use fitroom_domain::{
    ConfusionMatrix, DatasetKey, EpochMetrics, Flip, GitState, Hyperparameters, ImageSize,
    LossAndAccuracy, Machine, NetworkShape, Provenance, RecordedFigures, RecordedTrial, Split,
    SplitCounts, Task, TaskDefinition, TaskSummary, TrainSettings, Trial, TrialState, Versions,
};
use fitroom_report::{
    CheckGroup, CheckPairs, CheckPicture, CheckReport, CheckSection, CheckSmallClass, IndexDataset,
    IndexReport, IndexSweep, IndexTask, IndexTest, Photograph, SweepReport, SweepSource, TrialRow,
    ValidationPicture,
};

const IMAGE: ImageSize = ImageSize {
    height: 80,
    width: 60,
};

/// A number in [0, 1) that looks random and depends on `seed` alone.
fn noise(seed: u64) -> f64 {
    let mut bits = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// An invented dataset.
pub(crate) fn dataset() -> DatasetKey {
    DatasetKey {
        name: "catalogue".to_owned(),
        fingerprint: "00112233445566778899aabbccddeeff".parse().unwrap(),
    }
}

/// A task that predicts gender and type of trousers.
pub(crate) fn task() -> Task {
    Task {
        name: "trousers_all".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::from([("category".to_owned(), "trousers".to_owned())]),
            predicts: vec!["gender".to_owned(), "type".to_owned()],
            flip: Flip::Train,
        },
    }
}

/// A finished trial with a curve that falls, then overfits.
pub(crate) fn finished(hyperparameters: Hyperparameters, seed: u64, validated: u64) -> TrialRow {
    let trial = Trial {
        dataset: dataset(),
        task: task(),
        hyperparameters,
        train: TrainSettings::default(),
        seed,
    };
    let id = trial.id();
    let start = u64::from_str_radix(id.short(), 16).unwrap();
    let strength = f64::from(hyperparameters.kernel_num).log2() * 0.09
        + f64::from(hyperparameters.dense_size + 1).log2() * 0.035
        + 0.35 * noise(start);
    let epochs = 7 + (noise(start + 1) * 9.0) as u32;
    let curve: Vec<EpochMetrics> = (1..=epochs)
        .map(|epoch| {
            let time = f64::from(epoch);
            let jitter = noise(start + 100 + u64::from(epoch)) - 0.5;
            let validation =
                1.1 * (-time * strength * 0.45).exp() + 0.19 + 0.008 * time + 0.06 * jitter
                    - 0.05 * strength;
            let train = 1.5 * (-time * strength * 0.5).exp() + 0.03;
            let accuracy = |loss: f64| {
                let share = (1.0 - 0.36 * loss).clamp(0.25, 1.0);
                (share * validated as f64).round() / validated as f64
            };
            EpochMetrics {
                epoch,
                train: LossAndAccuracy {
                    loss: train,
                    accuracy: accuracy(train),
                },
                validation: LossAndAccuracy {
                    loss: validation,
                    accuracy: accuracy(validation),
                },
                seconds: 4.0,
            }
        })
        .collect();
    let best = *curve
        .iter()
        .min_by(|a, b| a.validation.loss.total_cmp(&b.validation.loss))
        .unwrap();
    let shape = NetworkShape::new(IMAGE, &hyperparameters, 4).unwrap();
    TrialRow {
        name: trial.name(),
        id,
        state: TrialState::Finished,
        trial: RecordedTrial::Ours(trial),
        figures: Some(RecordedFigures {
            accuracy: best.validation.accuracy,
            loss: Some(best.validation.loss),
            best_epoch: Some(best.epoch),
            epochs: Some(epochs),
            parameters: Some(shape.parameters()),
            multiply_adds: Some(shape.multiply_adds()),
            seconds: Some(f64::from(epochs) * (3.0 + shape.multiply_adds() as f64 / 1.6e7)),
        }),
        curve,
        error: None,
        warning: None,
        attempts: 1,
        pruned_after: None,
        reused_from: None,
        weights_kept: false,
        logits: None,
    }
}

/// The same trial in another state, without figures.
pub(crate) fn unfinished(
    mut row: TrialRow,
    state: TrialState,
    epochs: usize,
    error: &str,
) -> TrialRow {
    row.state = state;
    row.figures = None;
    row.curve.truncate(epochs);
    row.error = (!error.is_empty()).then(|| error.to_owned());
    row.logits = None;
    row
}

/// Validation photographs of each class of the invented task: 678 in all.
const SIZES: [u64; 4] = [206, 88, 257, 127];

/// The validation pictures of the invented task.
pub(crate) fn pictures() -> Vec<ValidationPicture> {
    let classes = (SIZES.iter().enumerate())
        .flat_map(|(class, size)| std::iter::repeat_n(class, *size as usize));
    (0..)
        .zip(classes)
        .map(|(photograph, class)| ValidationPicture {
            photograph: 3 * photograph + 1,
            mirrored: false,
            class,
        })
        .collect()
}

/// Photographs for these pictures, each of one colour.
pub(crate) fn photographs(pictures: &[ValidationPicture]) -> BTreeMap<u32, Photograph> {
    let photograph = |picture: &ValidationPicture| {
        let shade = (noise(u64::from(picture.photograph)) * 255.0) as u8;
        let color = image::Rgb([shade, 90, 60 * picture.class as u8]);
        let mut jpeg = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(6, 8, color)
            .write_to(&mut jpeg, image::ImageFormat::Jpeg)
            .unwrap();
        Photograph {
            path: format!("images/{}.jpg", picture.photograph),
            jpeg: Some(jpeg.into_inner()),
        }
    };
    (pictures.iter())
        .map(|picture| (picture.photograph, photograph(picture)))
        .collect()
}

/// Logits by which as many pictures are right as the row's accuracy says: hard ones are wrong for most trials.
pub(crate) fn logits(row: &TrialRow, pictures: &[ValidationPicture]) -> Vec<f32> {
    let classes = SIZES.len();
    let salt = u64::from_str_radix(row.id.short(), 16).unwrap();
    let accuracy = row.figures.unwrap().accuracy;
    let right = (accuracy * pictures.len() as f64).round() as usize;
    let mut by_ease: Vec<usize> = (0..pictures.len()).collect();
    let hardness = |picture: &usize| {
        let own = noise(salt.wrapping_mul(31).wrapping_add(*picture as u64));
        noise(7_000 + *picture as u64) + 0.3 * own
    };
    by_ease.sort_by(|a, b| hardness(a).total_cmp(&hardness(b)));
    let mut logits = vec![0.0; pictures.len() * classes];
    for (place, picture) in by_ease.into_iter().enumerate() {
        let truth = pictures[picture].class;
        let other = (truth + 1 + (noise(picture as u64) * 2.4) as usize) % classes;
        let answer = if place < right { truth } else { other };
        let of_picture = &mut logits[picture * classes..(picture + 1) * classes];
        of_picture[truth] += 1.0;
        of_picture[answer] += 1.0 + 2.0 * noise(picture as u64 + salt % 1000) as f32;
    }
    logits
}

/// The report with answers of all finished trials, and photographs.
pub(crate) fn with_answers(mut report: SweepReport) -> SweepReport {
    report.pictures = pictures();
    for row in &mut report.trials {
        if row.figures.is_some() {
            row.logits = Some(logits(row, &report.pictures));
        }
    }
    report.photographs = photographs(&report.pictures);
    report
}

/// A confusion matrix with this many wrong answers; `sizes` are the photographs of each class.
pub(crate) fn confusion(sizes: &[u64], wrong: u64) -> ConfusionMatrix {
    let classes = sizes.len();
    let total: u64 = sizes.iter().sum();
    let truths = sizes
        .iter()
        .enumerate()
        .flat_map(|(class, size)| (0..*size).map(move |_| class));
    let pairs = (0..).zip(truths).map(|(photograph, truth)| {
        let is_wrong = photograph * wrong / total != (photograph + 1) * wrong / total;
        let other = (truth + 1 + (noise(photograph) * 2.4) as usize) % classes;
        (truth, if is_wrong { other } else { truth })
    });
    ConfusionMatrix::new(classes, pairs).unwrap()
}

/// 72 configurations as a grid, each with these seeds, all finished.
pub(crate) fn grid(seeds: &[u64], validated: u64) -> Vec<TrialRow> {
    let mut trials = Vec::new();
    for kernel_size_1 in [3, 5, 7] {
        for kernel_size_2 in [3, 5] {
            for kernel_num in [32, 64, 96, 128] {
                for dense_size in [256, 512, 1024] {
                    for seed in seeds {
                        let hyperparameters = Hyperparameters::new(
                            kernel_size_1,
                            kernel_size_2,
                            kernel_num,
                            dense_size,
                            0.0,
                            0.0,
                        );
                        trials.push(finished(hyperparameters.unwrap(), *seed, validated));
                    }
                }
            }
        }
    }
    trials
}

/// What the task comes to.
pub(crate) fn summary() -> TaskSummary {
    TaskSummary {
        image: IMAGE,
        classes: [
            "female · jeans",
            "female · trousers",
            "male · jeans",
            "male · trousers",
        ]
        .map(str::to_owned)
        .to_vec(),
        photographs: SplitCounts {
            train: 3164,
            validation: 678,
            test: 677,
        },
        left_out: 0,
        leaks: None,
    }
}

/// The same sweep, asked otherwise.
pub(crate) fn asked(
    mut report: SweepReport,
    change: impl FnOnce(&mut Task, &mut TaskSummary),
) -> SweepReport {
    if let SweepSource::Ours { task, summary } = &mut report.source {
        change(task, summary);
    }
    report
}

/// A sweep of these trials with nothing chosen.
pub(crate) fn report(trials: Vec<TrialRow>) -> SweepReport {
    SweepReport {
        dataset: dataset(),
        sweep: "trousers_all".to_owned(),
        source: SweepSource::Ours {
            task: task(),
            summary: summary(),
        },
        overrides: vec!["seeds=[0, 1]".to_owned()],
        generated_at: "2025-03-14 09:26".to_owned(),
        version: "0.1.0".to_owned(),
        numerics: vec!["libtorch 2.13.0, avx2, cpu, 1 thread".to_owned()],
        origins: vec![origin()],
        margin: 0.01,
        trials,
        pictures: Vec::new(),
        photographs: BTreeMap::new(),
        test: None,
    }
}

/// The id of the best finished trial.
pub(crate) fn best_id(trials: &[TrialRow]) -> fitroom_domain::TrialId {
    let mut sorted: Vec<&TrialRow> = trials.iter().collect();
    fitroom_domain::leaderboard::sort(&mut sorted, |row| (row.id.clone(), row.figures));
    sorted[0].id.clone()
}

/// A sweep of 72 configurations as a user would meet it: nearly done, with a few mishaps.
pub(crate) fn nearly_done(seeds: &[u64]) -> SweepReport {
    let mut trials = grid(seeds, 678);
    let take = |trials: &mut Vec<TrialRow>, index: usize, state, epochs, error: &str| {
        trials[index] = unfinished(trials[index].clone(), state, epochs, error);
    };
    take(
        &mut trials,
        11,
        TrialState::Failed,
        0,
        "not enough memory: tried to allocate 1 258 291 200 bytes",
    );
    trials[11].attempts = 3;
    take(
        &mut trials,
        30,
        TrialState::Diverged,
        3,
        "the train loss became infinite in epoch 4, step 12",
    );
    take(&mut trials, 44, TrialState::Running, 5, "");
    take(&mut trials, 57, TrialState::Planned, 0, "");
    trials[57].attempts = 0;
    take(&mut trials, 58, TrialState::Planned, 0, "");
    trials[58].attempts = 0;
    take(&mut trials, 69, TrialState::Planned, 3, "");
    trials[69].pruned_after = Some(3);
    for index in [2, 3, 20] {
        trials[index].reused_from = Some("trousers_first_look".to_owned());
    }
    trials[5].attempts = 2;
    let mut ranked: Vec<usize> = (0..trials.len())
        .filter(|index| trials[*index].figures.is_some())
        .collect();
    ranked.sort_by(|a, b| {
        let accuracy = |index: &usize| trials[*index].figures.unwrap().accuracy;
        accuracy(b).total_cmp(&accuracy(a))
    });
    for index in &ranked[..5] {
        trials[*index].weights_kept = true;
    }
    let mut report = with_answers(report(trials));
    report.test = Some(test_split::tested(&report));
    report
}

/// The whole grid with five seeds, all finished.
pub(crate) fn five_seeds() -> SweepReport {
    with_answers(report(grid(&[0, 1, 2, 3, 4], 678)))
}

/// An index of two datasets.
pub(crate) fn index() -> IndexReport {
    let trials = grid(&[0], 678);
    let best_id = best_id(&trials);
    let best = trials.into_iter().find(|row| row.id == best_id);
    let sweep = |name: &str, finished, total| IndexSweep {
        pruned: 0,
        name: name.to_owned(),
        path: format!("catalogue/{name}.html"),
        finished,
        total,
    };
    IndexReport {
        generated_at: "2025-03-14 09:26".to_owned(),
        version: "0.1.0".to_owned(),
        datasets: vec![
            IndexDataset {
                name: dataset().name,
                fingerprint: Some(dataset().fingerprint),
                routes: Some("catalogue/routes.html".to_owned()),
                tasks: vec![
                    IndexTask {
                        task: "trousers_all".to_owned(),
                        validated: Some(678),
                        photographs: Some(678),
                        leak_warning: None,
                        best: best.clone(),
                        test: Some(IndexTest {
                            model: grid(&[0], 678)[3].id.clone(),
                            model_name: grid(&[0], 678)[3].name.clone(),
                            accuracy: 566.0 / 677.0,
                            photographs: 677,
                            looks: 3,
                        }),
                        finished: 74,
                        sweeps: vec![
                            sweep("trousers_all", 66, 72),
                            sweep("trousers_first_look", 11, 11),
                        ],
                    },
                    IndexTask {
                        task: "primary".to_owned(),
                        validated: Some(678),
                        photographs: Some(678),
                        leak_warning: None,
                        best: None,
                        test: None,
                        finished: 0,
                        sweeps: vec![sweep("primary", 0, 36)],
                    },
                ],
            },
            IndexDataset {
                name: "demo".to_owned(),
                fingerprint: Some("ffeeddccbbaa99887766554433221100".parse().unwrap()),
                routes: None,
                tasks: vec![IndexTask {
                    task: "primary".to_owned(),
                    validated: Some(678),
                    photographs: Some(678),
                    leak_warning: None,
                    test: best.as_ref().map(|best| IndexTest {
                        model: best.id.clone(),
                        model_name: best.name.clone(),
                        accuracy: 0.991,
                        photographs: 677,
                        looks: 1,
                    }),
                    best,
                    finished: 4,
                    sweeps: vec![sweep("first_try", 4, 4)],
                }],
            },
        ],
    }
}

/// A PNG file of one red pixel.
const RED_PIXEL: [u8; 69] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0,
    0, 0, 144, 119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 218, 99, 248, 207, 192, 0, 0, 3, 1,
    1, 0, 247, 3, 65, 67, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// The check of a dataset in which one photograph leaks and one could not be used.
pub(crate) fn check() -> CheckReport {
    let picture = |path: &str, split| CheckPicture {
        png: RED_PIXEL.to_vec(),
        path: path.to_owned(),
        split,
        labels: vec!["shoes".to_owned(), "boots".to_owned()],
        note: "has an identical one".to_owned(),
    };
    let section = |title: &str, groups| CheckSection {
        title: title.to_owned(),
        rule: "These have the same pixels.".to_owned(),
        groups,
        more_groups: 0,
    };
    let group = CheckGroup {
        title: "5 identical across splits".to_owned(),
        urgent: true,
        pictures: vec![
            picture("images/1.jpg", Split::Train),
            picture("images/2.jpg", Split::Validation),
        ],
        more_pictures: 3,
    };
    CheckReport {
        dataset: dataset(),
        photographs: 10_287,
        generated_at: "2025-03-14 09:26".to_owned(),
        version: "0.1.0".to_owned(),
        warnings: vec!["leak: 1 of 1031 validation photographs".to_owned()],
        pairs: vec![CheckPairs {
            kind: "identical".to_owned(),
            within: 46,
            across: 1033,
        }],
        sections: vec![
            CheckSection {
                more_groups: 1200,
                ..section("Duplicates", vec![group])
            },
            section("Pictures that show nearly nothing", Vec::new()),
        ],
        small_classes: vec![CheckSmallClass {
            column: "type".to_owned(),
            class: "ballerina".to_owned(),
            split: Split::Test,
            photographs: 3,
            expected: 5,
        }],
        skipped: vec![("images/7.jpg".to_owned(), "cannot be decoded".to_owned())],
        more_skipped: 2,
    }
}

/// How all trials came about.
fn origin() -> Provenance {
    Provenance {
        command_line: ["fitroom", "sweep", "sweeps/<all>.toml"]
            .map(str::to_owned)
            .to_vec(),
        working_folder: "/home/anna".to_owned(),
        git: Some(GitState {
            commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            dirty: true,
        }),
        versions: Versions {
            fitroom: "0.1.0".to_owned(),
            libtorch: "2.13.0".to_owned(),
            training_semantics: 1,
        },
        machine: Machine {
            cpu: "a processor".to_owned(),
            cores: 2,
            memory_bytes: 24 << 30,
        },
    }
}
