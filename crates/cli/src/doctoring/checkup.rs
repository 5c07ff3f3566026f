//! The whole look at a runs folder, from its database to its models.

use std::collections::HashSet;
use std::path::Path;

use anyhow::anyhow;
use fitroom_store::{Health, is_locked, utc_now, worker_locks};
use indicatif::{ProgressBar, ProgressStyle};

use super::findings::{Finding, Outcome, Wrong};
use super::folder_state::Look;
use super::known_sweeps::KnownSweeps;
use super::layout::Layout;
use super::trash::Trash;
use crate::database::Database;
use crate::exit::Failure;
use crate::models::KEEPING;
use crate::output;
use crate::run_folder::SweepRecordFile;
use crate::sweeping::{RESTORING, RestoreLock};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checkup<'a> {
    pub(crate) runs: &'a Path,
    /// Whether to mend what is wrong.
    pub(crate) fix: bool,
    pub(crate) look: Look,
}

/// Where things are looked at and mended.
pub(super) struct Site<'a> {
    pub(super) checkup: Checkup<'a>,
    pub(super) database: &'a Database,
    pub(super) trash: &'a Trash,
    pub(super) progress: &'a ProgressBar,
    /// Whether a process trains removed weights again, and writes them.
    pub(super) is_restoring: bool,
}

impl Site<'_> {
    /// The runs folder.
    pub(super) fn runs(&self) -> &Path {
        self.checkup.runs
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Examination {
    pub(crate) findings: Vec<Finding>,
    /// What to know beside it.
    pub(crate) notes: Vec<String>,
    /// Folders of no trial, which are left alone.
    pub(crate) unknown: Vec<String>,
    /// Trials that were looked at.
    pub(crate) trials: usize,
    /// Where the trash of this call lies, if something went there.
    pub(crate) trash: Option<std::path::PathBuf>,
}

/// Compares database and files of a runs folder and, if that is asked for, mends what is wrong.
pub(crate) fn check_up(checkup: Checkup<'_>) -> Result<Examination, Failure> {
    let runs = checkup.runs;
    let layout = Layout::read(runs)?;
    let trash = Trash::new(runs, &utc_now());
    let mut examination = Examination {
        trials: layout.trials.len(),
        ..Examination::default()
    };
    let progress = bar(layout.trials.len())?;
    let health = Database::health(runs)?;
    let wrong = match &health {
        Health::Sound { .. } => None,
        Health::Missing if layout.trials.is_empty() && layout.sweeps.is_empty() => {
            output::message(&format!("no trials in `{}` yet", runs.display()));
            return Ok(examination);
        }
        Health::Missing => Some(Wrong::DatabaseMissing),
        Health::Malformed(problems) => Some(Wrong::DatabaseMalformed(problems.clone())),
    };
    if wrong.is_some() && checkup.fix {
        refuse_beside_others(runs)?;
    }
    // What only looks must not bring a database up to date, nor make one.
    let copy = tempfile::tempdir()?;
    let database = match (&health, checkup.fix) {
        (_, true) => {
            if wrong.is_some() {
                for name in ["fitroom.db", "fitroom.db-wal", "fitroom.db-shm"] {
                    trash.set_aside(name)?;
                }
            }
            Database::open(runs)?
        }
        (
            Health::Sound {
                is_up_to_date: true,
            },
            false,
        ) => Database::open_to_read(runs)?.ok_or_else(|| anyhow!("the database has gone"))?,
        (Health::Sound { .. }, false) => Database::open_copy(runs, copy.path())?,
        (_, false) => Database::open(copy.path())?,
    };
    // Held until all is mended: nobody trains removed weights again meanwhile.
    let restoring = match checkup.fix {
        true => RestoreLock::try_take(runs)?,
        false => None,
    };
    let path = runs.join(".workers").join(RESTORING);
    let is_restoring = restoring.is_none() && is_locked(&path)?;
    let site = Site {
        checkup,
        database: &database,
        trash: &trash,
        progress: &progress,
        is_restoring,
    };
    let is_new = wrong.is_some();
    if let Some(wrong) = wrong {
        examination.findings.push(Finding {
            outcome: match checkup.fix {
                true => Outcome::Mended,
                false => Outcome::Found,
            },
            ..Finding::new("fitroom.db", wrong)
        });
    }
    let files: Vec<&SweepRecordFile> = (layout.sweeps.iter())
        .filter_map(|(_, file)| file.as_ref().ok())
        .collect();
    let records = database.wait(database.store().sweeps())?;
    let mut sweeps = KnownSweeps::new(files.into_iter(), &records)?;
    if is_new {
        site.rebuild(&layout, &mut sweeps, &mut examination)?;
    } else {
        site.check_all(&layout, &mut sweeps, &mut examination)?;
    }
    for (path, file) in &layout.sweeps {
        if let Err(why) = file {
            let finding = site.set_aside(path, Wrong::SweepFileDamaged(why.clone()));
            examination.findings.push(finding);
        }
    }
    site.check_models(is_new, &mut examination)?;
    examination.findings.extend(site.check_leftovers(&layout)?);
    progress.finish_and_clear();
    examination.trash = Some(trash.path()).filter(|path| path.exists());
    Ok(examination)
}

impl Site<'_> {
    /// Looks at every trial that the database or a folder knows.
    fn check_all(
        &self,
        layout: &Layout,
        sweeps: &mut KnownSweeps<'_>,
        examination: &mut Examination,
    ) -> Result<(), Failure> {
        // After the folders were listed: of each the database knew before it was made.
        let places = self.database.wait(self.database.store().trial_places())?;
        let known: HashSet<&str> = (places.iter())
            .filter_map(|place| place.folder.as_deref())
            .collect();
        let strangers: Vec<String> = (layout.trials.iter())
            .filter(|folder| !known.contains(folder.as_str()))
            .cloned()
            .collect();
        let met = self.meet_strangers(&strangers, &places, sweeps)?;
        // Those among them that are recorded now are looked at as all others are.
        let places = match met.findings.is_empty() {
            true => places,
            false => self.database.wait(self.database.store().trial_places())?,
        };
        examination.findings.extend(met.findings);
        examination.unknown = met.unknown;
        let elsewhere: HashSet<i64> = met.elsewhere.into_iter().collect();
        for place in places.iter().filter(|it| !elsewhere.contains(&it.key)) {
            let findings = self.check_trial(place, sweeps)?;
            examination.findings.extend(findings);
            if place.folder.is_some() {
                self.progress.inc(1);
            }
        }
        Ok(())
    }
}

/// A database is made anew only where nobody else is at work.
fn refuse_beside_others(runs: &Path) -> Result<(), Failure> {
    let workers = runs.join(".workers");
    let mut held: Vec<String> = (worker_locks(runs)?.into_iter())
        .filter(|lock| lock.is_alive)
        .map(|lock| lock.path.display().to_string())
        .collect();
    for name in [KEEPING, RESTORING] {
        if is_locked(&workers.join(name))? {
            held.push(workers.join(name).display().to_string());
        }
    }
    match held.is_empty() {
        true => Ok(()),
        false => Err(Failure::Machine(anyhow!(
            "the database is not made anew while other processes are at work: {} held\n\
             (stop them, and call `fitroom doctor --fix` again)",
            match &held[..] {
                [one] => format!("`{one}` is"),
                _ => format!("{} locks in `{}` are", held.len(), workers.display()),
            }
        ))),
    }
}

fn bar(total: usize) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(total as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos} of {len} trials looked at, {eta} left",
    )?);
    Ok(bar)
}
