//! `fitroom label`: photographs of which nothing is known get their labels.

use std::fs;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::{self, available_parallelism};
use std::time::Instant;

use anyhow::{Context, anyhow};
use fitroom_data::PhotographSource;

use super::keep_models::keep_models_of;
use crate::arguments::{LabelArguments, Places};
use crate::choose_dataset;
use crate::exit::{Exit, Failure, OrInput};
use crate::interrupt::Interrupt;
use crate::labelling::{
    Doubtful, Labeller, LabelsFile, Outcome, Reviewing, RouteModels, SheetNotes, is_labels_file,
    write_sheet,
};
use crate::models::Keeper;
use crate::output;

/// Photographs that a thread labels at a time: enough that a model is asked about many at once.
const CHUNK: usize = 128;

/// Unreadable photographs that are listed one by one; the rest is counted.
const LISTED: usize = 100;

pub(crate) fn run(places: &Places, arguments: &LabelArguments) -> Result<Exit, Failure> {
    let source = PhotographSource::open(&arguments.photographs).or_input()?;
    let total = source.len();
    if total == 0 {
        let shown = arguments.photographs.display();
        return Err(anyhow!("`{shown}` holds no photographs")).or_input();
    }
    check_outputs(arguments).or_input()?;
    let models = find_models(places, arguments)?;
    let reviewing = Reviewing::new(&models, arguments.precision).or_input()?;
    let notes = notes(&models, arguments, &reviewing);
    for note in notes.iter().chain(&models.open_ends()) {
        output::message(note);
    }
    let interrupt = Interrupt::listen("stopping; no file is written (again: at once)")?;
    let at = |path: &Path| format!("failed to write `{}`", path.display());
    let mut file = LabelsFile::create(&arguments.out, &models.columns)
        .with_context(|| at(&arguments.out))
        .or_input()?;
    let mut doubtful = Doubtful::new(arguments.sheet_photographs);
    let start = Instant::now();
    let mut counts = Counts::default();
    let bar = output::photographs_bar(total)?;
    let labelled = label_all(&source, &models, &interrupt, &mut |outcome| {
        bar.inc(1);
        match outcome {
            Outcome::Labelled(photograph) => {
                let needs_review = reviewing.needs_review(photograph.joint);
                counts.labelled += 1;
                counts.to_review += u64::from(needs_review);
                doubtful.add(&photograph, needs_review);
                file.add(&photograph, needs_review)
                    .with_context(|| at(&arguments.out))
            }
            Outcome::Unreadable(path, why) => {
                counts.unreadable += 1;
                if counts.unreadable <= LISTED as u64 {
                    bar.suspend(|| {
                        output::message(&format!("skipped `{path}`: the photograph {why}"))
                    });
                }
                Ok(())
            }
        }
    });
    bar.finish_and_clear();
    labelled?;
    if interrupt.asked() {
        output::message("interrupted: no file was written");
        return Ok(Exit::Interrupted);
    }
    let seconds = start.elapsed().as_secs_f64();
    file.finish()?;
    counts.say(seconds, &arguments.out);
    if let Some(sheet) = sheet_path(arguments) {
        let notes = SheetNotes {
            source: arguments.photographs.display().to_string(),
            photographs: counts.labelled,
            to_review: counts.to_review,
            unreadable: counts.unreadable,
            notes,
        };
        write_sheet(
            &sheet,
            notes,
            &models,
            doubtful,
            &mut source.reader().or_input()?,
        )?;
        output::message(&format!("to look through and correct: {}", sheet.display()));
    }
    Ok(match counts.unreadable {
        0 => Exit::Well,
        _ => Exit::PartFailed,
    })
}

/// How many photographs there were.
#[derive(Debug, Default)]
struct Counts {
    labelled: u64,
    to_review: u64,
    unreadable: u64,
}

impl Counts {
    fn say(&self, seconds: f64, out: &Path) {
        let Counts {
            labelled,
            to_review,
            unreadable,
        } = self;
        if *unreadable > LISTED as u64 {
            output::message(&format!(
                "… and {} more skipped",
                unreadable - LISTED as u64
            ));
        }
        let skipped = match unreadable {
            0 => String::new(),
            _ => format!("; {unreadable} skipped"),
        };
        output::message(&format!(
            "{}: {labelled} photographs labelled in {seconds:.1} s ({:.0} a second), {to_review} of them to be reviewed{skipped}",
            out.display(),
            (labelled + unreadable) as f64 / seconds.max(1e-9)
        ));
    }
}

/// Refuses files that would be in each other's way or replace what we did not write, before any work is done.
fn check_outputs(arguments: &LabelArguments) -> anyhow::Result<()> {
    let sheet = sheet_path(arguments);
    let same =
        |one: &Path, other: &Path| std::path::absolute(one).ok() == std::path::absolute(other).ok();
    if sheet
        .as_ref()
        .is_some_and(|sheet| same(sheet, &arguments.out))
    {
        let path = arguments.out.display();
        return Err(anyhow!(
            "`{path}` would be both the CSV and the page (`--sheet FILE.html` names another page)"
        ));
    }
    check_replaceable(
        &arguments.out,
        is_labels_file,
        "a CSV of labels that this command wrote",
    )?;
    if let Some(sheet) = &sheet {
        check_replaceable(sheet, is_our_page, "a page that this command wrote")?;
        if let Some(folder) = sheet.parent().filter(|it| !it.as_os_str().is_empty()) {
            fs::create_dir_all(folder)
                .with_context(|| format!("failed to make `{}`", folder.display()))?;
        }
    }
    Ok(())
}

/// Whether nothing is at `path`, or something that this command wrote, by how it begins.
fn check_replaceable(path: &Path, is_ours: fn(&str) -> bool, expected: &str) -> anyhow::Result<()> {
    let mut start = Vec::new();
    let shown = path.display();
    let at = || format!("failed to read `{shown}`");
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(metadata) if metadata.is_dir() => {
            return Err(anyhow!(
                "`{shown}` is a folder, expected a file to write to"
            ));
        }
        // Before it is opened: who opens a pipe may wait for ever.
        Ok(metadata) if !metadata.is_file() => {
            return Err(anyhow!(
                "`{shown}` is no regular file, expected one to write to"
            ));
        }
        found => found.with_context(at)?,
    };
    let file = fs::File::open(path).with_context(at)?;
    file.take(START).read_to_end(&mut start).with_context(at)?;
    match is_ours(&String::from_utf8_lossy(&start)) {
        true => Ok(()),
        false => Err(anyhow!(
            "`{shown}` is there already and is not {expected}: it stays (name another file)"
        )),
    }
}

/// Bytes at the start of a file by which it is known.
const START: u64 = 4096;

fn is_our_page(start: &str) -> bool {
    start.contains("name=\"generator\" content=\"Fitting Room")
}

/// The models of a folder, or those of a dataset, brought up to date.
fn find_models(places: &Places, arguments: &LabelArguments) -> Result<RouteModels, Failure> {
    if let Some(folder) = &arguments.models {
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(anyhow!("--models {folder}: there is no such folder")).or_input();
        }
        return RouteModels::read(folder, arguments.route).or_input();
    }
    let dataset = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    let kept = keep_models_of(places, &Keeper::new(&places.runs)?, &dataset)?;
    if kept.is_empty() {
        return Err(anyhow!(
            "no trial on `{}` has finished in `{}`: there are no models to label with\n\
             (`--models DIR` names a folder of models)",
            dataset.display(),
            places.runs.display()
        ))
        .or_input();
    }
    RouteModels::new(kept, arguments.route).or_input()
}

/// Labels all photographs on all cores and hands the outcomes over in their order. At any time each thread holds one
/// chunk, so that memory is bounded. Ends early if somebody asks.
fn label_all(
    source: &PhotographSource,
    models: &RouteModels,
    interrupt: &Interrupt,
    take: &mut dyn FnMut(Outcome) -> anyhow::Result<()>,
) -> Result<(), Failure> {
    let threads = available_parallelism().map_or(1, NonZeroUsize::get);
    // Few photographs are shared by all threads too.
    let chunk = CHUNK.min(source.len().div_ceil(threads)).max(1);
    let stop: &(dyn Fn() -> bool + Sync) = &|| interrupt.asked();
    let mut labellers = Vec::new();
    for _ in 0..threads.min(source.len().div_ceil(chunk)) {
        let reader = source.reader().or_input()?;
        labellers.push(Labeller::new(models, reader).or_input()?);
    }
    let paths: Vec<&str> = source.paths().collect();
    for round in paths.chunks(chunk * labellers.len().max(1)) {
        if interrupt.asked() {
            break;
        }
        let outcomes: Vec<anyhow::Result<Vec<Outcome>>> = thread::scope(|scope| {
            let at_work: Vec<_> = labellers
                .iter_mut()
                .zip(round.chunks(chunk))
                .map(|(labeller, paths)| scope.spawn(move || labeller.label(paths, stop)))
                .collect();
            let ended = at_work.into_iter().map(|it| it.join());
            let panicked = |_| Err(anyhow!("labelling panicked"));
            ended.map(|it| it.unwrap_or_else(panicked)).collect()
        });
        for outcomes in outcomes {
            for outcome in outcomes? {
                take(outcome)?;
            }
        }
    }
    Ok(())
}

/// The page to look through; `None` if none is wanted.
fn sheet_path(arguments: &LabelArguments) -> Option<PathBuf> {
    let given = arguments.sheet.clone();
    let path = given.unwrap_or_else(|| arguments.out.with_extension("html"));
    (arguments.sheet_photographs > 0).then_some(path)
}

/// What to know of the labels: which models, which rule, and how good it is.
fn notes(models: &RouteModels, arguments: &LabelArguments, reviewing: &Reviewing) -> Vec<String> {
    let asked = models
        .route
        .questions()
        .into_iter()
        .filter_map(|it| models.models.get(it));
    let asked: Vec<String> = asked
        .map(|model| format!("{} ({})", model.file.task.name, model.file.name))
        .collect();
    let mut notes = vec![format!("Route {}: {}.", arguments.route, asked.join(", "))];
    let wanted = output::percent(arguments.precision);
    notes.push(match &reviewing.rule {
        Some(rule) => format!(
            "Labels with a joint probability of at least {0:.4} need no review: on validation those are {1} of {2} \
             photographs, of which {3} have all labels right that are asked for: at least {4} by the lower Clopper-Pearson bound at 95 % ({wanted} \
             was asked for), which does not know that threshold and models were chosen on these photographs.",
            rule.threshold,
            rule.accepted,
            rule.photographs,
            rule.right,
            output::percent(rule.lower_bound)
        ),
        None => format!(
            "Every photograph needs review: no threshold on the {} validation photographs gives a precision of {wanted} \
             with 95 % confidence.",
            reviewing.photographs
        ),
    });
    notes.push(match &reviewing.test {
        Some(test) => {
            let accepted = match test.share() {
                Some((share, interval)) => format!(
                    "{} of them need no review, and {} of these have all labels right: {} (95 % interval {})",
                    test.accepted,
                    test.right,
                    output::percent(share),
                    output::percents(interval.low, interval.high)
                ),
                None => "all of them need review".to_owned(),
            };
            format!(
                "On {} test photographs of the same dataset, {} have all labels right that are asked for; {accepted}. Photographs of another \
                 kind may be another matter.",
                test.photographs, test.all_right
            )
        }
        None => "How precise that is on test photographs is not known: `fitroom evaluate` finds out.".to_owned(),
    });
    notes
}
