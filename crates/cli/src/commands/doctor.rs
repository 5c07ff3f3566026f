//! `fitroom doctor`: compares database and files of a runs folder, and mends what is wrong.

use anyhow::anyhow;
use serde::Serialize;

use crate::arguments::{DoctorArguments, Places};
use crate::doctoring::{Checkup, Examination, Finding, Look, Outcome, check_up};
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &DoctorArguments) -> Result<Exit, Failure> {
    let runs = &places.runs;
    if !runs.is_dir() {
        return Err(anyhow!("there is no runs folder `{}`", runs.display())).or_input();
    }
    let examination = check_up(Checkup {
        runs,
        fix: arguments.fix,
        look: match arguments.quick {
            true => Look::Sizes,
            false => Look::Bytes,
        },
    })?;
    if arguments.json {
        let json = ExaminationJson::new(&examination);
        output::data(&serde_json::to_string_pretty(&json)?)?;
    } else {
        for finding in &examination.findings {
            output::data(&line(finding))?;
        }
    }
    let left = examination.left();
    for folder in &examination.unknown {
        output::message(&format!("`{folder}`: no trial's, left alone"));
    }
    for note in &examination.notes {
        output::message(note);
    }
    output::message(&summary(&examination, left, arguments.fix));
    Ok(match left {
        0 => Exit::Well,
        _ => Exit::PartFailed,
    })
}

impl Examination {
    /// How much is still wrong.
    fn left(&self) -> usize {
        let findings = self.findings.iter();
        let left = findings.filter(|it| it.outcome != Outcome::Mended);
        left.count()
    }
}

/// A finding for people.
fn line(finding: &Finding) -> String {
    let (found, remedy) = (finding.wrong.found(), finding.wrong.remedy());
    let place = &finding.place;
    match &finding.outcome {
        Outcome::Found => format!("{place}: {found}\n  --fix: {remedy}"),
        Outcome::Mended => format!("{place}: {found}\n  done: {remedy}"),
        Outcome::NotMended(why) => format!("{place}: {found}\n  not done ({remedy}): {why}"),
    }
}

/// How it stands, in one sentence.
fn summary(examination: &Examination, left: usize, fix: bool) -> String {
    let all = examination.findings.len();
    let trials = match examination.trials {
        1 => "1 trial".to_owned(),
        count => format!("{count} trials"),
    };
    if all == 0 {
        return format!("nothing is wrong with {trials}");
    }
    let things = match all {
        1 => "1 thing is".to_owned(),
        all => format!("{all} things are"),
    };
    if !fix {
        return format!(
            "{things} wrong with {trials} (`fitroom doctor --fix` mends what it can; nothing is lost)"
        );
    }
    let trash = match &examination.trash {
        Some(path) => format!("; set aside in `{}`", path.display()),
        None => String::new(),
    };
    format!("{} of {all} things mended{trash}", all - left)
}

/// What `--json` prints.
#[derive(Serialize)]
struct ExaminationJson<'a> {
    /// Trials that were looked at.
    trials: usize,
    findings: Vec<FindingJson<'a>>,
    /// Folders of no trial.
    unknown: &'a [String],
    notes: &'a [String],
    /// Where things were set aside; null if none was.
    trash: Option<String>,
}

/// Something that is wrong.
#[derive(Serialize)]
struct FindingJson<'a> {
    kind: &'static str,
    /// Relative to the runs folder.
    place: &'a str,
    found: String,
    remedy: String,
    mended: bool,
    /// Why it could not be mended; null if it was, or nobody tried.
    error: Option<&'a str>,
}

impl<'a> ExaminationJson<'a> {
    fn new(examination: &'a Examination) -> ExaminationJson<'a> {
        let finding = |finding: &'a Finding| FindingJson {
            kind: finding.wrong.word(),
            place: &finding.place,
            found: finding.wrong.found(),
            remedy: finding.wrong.remedy(),
            mended: finding.outcome == Outcome::Mended,
            error: match &finding.outcome {
                Outcome::NotMended(why) => Some(why),
                Outcome::Found | Outcome::Mended => None,
            },
        };
        let trash = examination.trash.as_ref();
        ExaminationJson {
            trials: examination.trials,
            findings: examination.findings.iter().map(finding).collect(),
            unknown: &examination.unknown,
            notes: &examination.notes,
            trash: trash.map(|path| path.display().to_string()),
        }
    }
}
