//! The whole look at a runs folder, from its database to its models.

use std::collections::HashSet;
use std::path::Path;

use anyhow::anyhow;
use fitroom_domain::TrialId;
use fitroom_store::{Health, Store, is_locked, utc_now, worker_locks};
use indicatif::{ProgressBar, ProgressStyle};

use super::findings::{Finding, Outcome, Wrong};
use super::folder_state::Look;
use super::known_sweeps::KnownSweeps;
use super::layout::Layout;
use super::trash::Trash;
use super::trials::outcome;
use crate::database::Database;
use crate::exit::Failure;
use crate::models::{KEEPING, MODELS};
use crate::output;
use crate::run_folder::{SweepRecordFile, TRIAL};
use crate::sweeping::{RESTORING, RestoreLock, sync_folder};

/// What the name of a folder begins with in which a database is made.
pub(super) const UNFINISHED: &str = ".doctor-";

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
    _restoring: Option<RestoreLock>,
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
    /// Looks at test photographs that kept models tell a new database of.
    pub(super) looks: usize,
    /// Where the trash of this call lies, if something went there.
    pub(crate) trash: Option<std::path::PathBuf>,
}

/// Compares database and files of a runs folder and, if that is asked for, mends what is wrong.
pub(crate) fn check_up(checkup: Checkup<'_>) -> Result<Examination, Failure> {
    let runs = checkup.runs;
    let layout = Layout::read(runs)?;
    let mut examination = Examination::default();
    let progress = bar(layout.trials.len())?;
    let trash = Trash::new(runs, &utc_now());
    let files = layout.sweeps.iter();
    let files: Vec<&SweepRecordFile> = files.filter_map(|(_, file)| file.as_ref().ok()).collect();
    let scene = Scene {
        checkup,
        layout: &layout,
        files: &files,
        trash: &trash,
        progress: &progress,
    };
    let mut health = Database::health(runs)?;
    if let Health::Sound {
        indexes, orphans, ..
    } = &health
        && !(indexes.is_empty() && orphans.is_empty())
    {
        scene.mend_rows(indexes, orphans, &mut examination)?;
        health = Database::health(runs)?;
    }
    let wrong = match &health {
        Health::Sound { .. } => None,
        Health::Missing if !has_trials(runs, &layout) && files.is_empty() => {
            output::message(&format!("no trials in `{}` yet", runs.display()));
            return Ok(examination);
        }
        Health::Missing => Some(Wrong::DatabaseMissing),
        Health::Malformed(problems) => Some(Wrong::DatabaseMalformed(problems.clone())),
    };
    // What only looks makes no database, and brings none up to date.
    let copy = tempfile::tempdir()?;
    if let Some(wrong) = wrong {
        let look_again = match checkup.fix {
            true => scene.make_anew(&mut examination)?,
            false => {
                let database = Database::open(copy.path())?;
                scene.rebuild(&database, &mut examination)?;
                examination.findings.push(Finding::new("fitroom.db", wrong));
                return scene.look_at_rest(&database, true, examination);
            }
        };
        examination.findings.push(Finding {
            outcome: Outcome::Mended,
            ..Finding::new("fitroom.db", wrong)
        });
        let database = Database::open(runs)?;
        scene.check(&database, Some(&look_again), &mut examination)?;
        return scene.look_at_rest(&database, true, examination);
    }
    let is_up_to_date = matches!(
        health,
        Health::Sound {
            is_up_to_date: true,
            ..
        }
    );
    let database = match (checkup.fix, is_up_to_date) {
        (true, _) => Database::open(runs)?,
        (false, true) => {
            Database::open_to_read(runs)?.ok_or_else(|| anyhow!("the database has gone"))?
        }
        (false, false) => Database::open_copy(runs, copy.path())?,
    };
    scene.check(&database, None, &mut examination)?;
    scene.look_at_rest(&database, false, examination)
}

/// A runs folder that is looked at.
struct Scene<'a> {
    checkup: Checkup<'a>,
    layout: &'a Layout,
    /// What can be read of the files that describe sweeps.
    files: &'a [&'a SweepRecordFile],
    trash: &'a Trash,
    progress: &'a ProgressBar,
}

impl<'a> Scene<'a> {
    fn site<'b>(&'b self, database: &'b Database) -> anyhow::Result<Site<'b>> {
        let runs = self.checkup.runs;
        // Held until all is mended: nobody trains removed weights again meanwhile.
        let restoring = match self.checkup.fix {
            true => RestoreLock::try_take(runs)?,
            false => None,
        };
        let path = runs.join(".workers").join(RESTORING);
        Ok(Site {
            checkup: self.checkup,
            database,
            trash: self.trash,
            progress: self.progress,
            is_restoring: restoring.is_none() && is_locked(&path)?,
            _restoring: restoring,
        })
    }

    fn sweeps(&self, database: &Database) -> anyhow::Result<KnownSweeps<'a>> {
        let records = database.wait(database.store().sweeps())?;
        KnownSweeps::new(self.files.iter().copied(), &records)
    }

    /// Puts a database in the place of one that is missing or malformed. Nobody sees it before it is whole: whoever
    /// opens one waits. Returns the trials that are to be looked at again.
    fn make_anew(&self, examination: &mut Examination) -> Result<HashSet<TrialId>, Failure> {
        let runs = self.checkup.runs;
        let _lock = Store::lock(runs).map_err(anyhow::Error::from)?;
        refuse_beside_others(runs)?;
        if matches!(Database::health(runs)?, Health::Sound { .. }) {
            return Err(Failure::Machine(anyhow!(
                "another process has made a database meanwhile (call `fitroom doctor --fix` again)"
            )));
        }
        let folder = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(runs)?;
        let database = Database::open(folder.path())?;
        let mut look_again = self.rebuild(&database, examination)?;
        let salvaged = database
            .wait(database.store().salvage(runs))
            .map_err(anyhow::Error::from)?;
        if salvaged.rows > 0 {
            examination.notes.push(format!(
                "read from the old database beside the folders (looks at test photographs, choices of models, tags and \
                 notes): {} rows",
                salvaged.rows
            ));
        }
        look_again.extend(salvaged.trials);
        // Closed, it is one file.
        drop(database);
        for name in ["fitroom.db", "fitroom.db-wal", "fitroom.db-shm"] {
            self.trash.set_aside(name)?;
        }
        std::fs::rename(folder.path().join("fitroom.db"), runs.join("fitroom.db"))?;
        sync_folder(runs)?;
        Ok(look_again)
    }

    /// Mends what is wrong with the database beside what it says of trials.
    fn mend_rows(
        &self,
        indexes: &[String],
        orphans: &[(String, u64)],
        examination: &mut Examination,
    ) -> Result<(), Failure> {
        let database = match self.checkup.fix {
            true => Some(Database::open(self.checkup.runs)?),
            false => None,
        };
        if !indexes.is_empty() {
            let wrong = Wrong::IndexesDamaged(indexes.to_vec());
            let mut finding = Finding::new("fitroom.db", wrong);
            if let Some(database) = &database {
                let reindexed = database.wait(database.store().reindex());
                finding.outcome = outcome(reindexed.map_err(Into::into));
            }
            examination.findings.push(finding);
        }
        if orphans.is_empty() {
            return Ok(());
        }
        let outcome = match &database {
            None => Outcome::Found,
            Some(database) => {
                let keep = |table: &str, rows: &str| {
                    let path = format!("fitroom.db.rows/{table}.json");
                    self.trash.write(&path, rows.as_bytes())
                };
                let removed = database.wait(database.store().remove_orphans(keep));
                outcome(removed.map_err(Into::into))
            }
        };
        for (table, rows) in orphans.iter().cloned() {
            examination.findings.push(Finding {
                outcome: outcome.clone(),
                ..Finding::new("fitroom.db", Wrong::Orphans { table, rows })
            });
        }
        Ok(())
    }

    fn rebuild(
        &self,
        database: &Database,
        examination: &mut Examination,
    ) -> Result<HashSet<TrialId>, Failure> {
        let mut sweeps = self.sweeps(database)?;
        (self.site(database)?).rebuild(self.layout, &mut sweeps, examination)
    }

    /// Looks at every trial that the database or a folder knows, or at those among them alone that were just recorded.
    fn check(
        &self,
        database: &Database,
        just_recorded: Option<&HashSet<TrialId>>,
        examination: &mut Examination,
    ) -> Result<(), Failure> {
        let (site, mut sweeps) = (self.site(database)?, self.sweeps(database)?);
        match just_recorded {
            None => site.check_all(self.layout, &mut sweeps, examination),
            Some(recorded) => {
                let places = database.wait(database.store().trial_places())?;
                for place in places.iter().filter(|it| recorded.contains(&it.id)) {
                    let findings = site.check_trial(place, &sweeps)?;
                    examination.findings.extend(findings);
                }
                Ok(())
            }
        }
    }

    /// Looks at all that is no trial. A database that `is_new` learns from the models what only they know.
    fn look_at_rest(
        &self,
        database: &Database,
        is_new: bool,
        mut examination: Examination,
    ) -> Result<Examination, Failure> {
        let site = self.site(database)?;
        let places = database.wait(database.store().trial_places())?;
        examination.trials = places.len();
        let links = self.layout.unknown.iter().cloned();
        examination.unknown.extend(links);
        for (path, file) in &self.layout.sweeps {
            if let Err(why) = file {
                let finding = site.set_aside(path, Wrong::SweepFileDamaged(why.clone()));
                examination.findings.push(finding);
            }
        }
        site.check_models(is_new, &mut examination)?;
        if is_new && self.checkup.runs.join(MODELS).exists() {
            examination.notes.push(format!(
                "looks at test photographs that kept models tell of, the only ones that are known now: {}",
                examination.looks
            ));
        }
        let findings = site.check_leftovers(self.layout)?;
        examination.findings.extend(findings);
        self.progress.finish_and_clear();
        examination.trash = Some(self.trash.path()).filter(|path| path.exists());
        Ok(examination)
    }
}

/// Whether a folder is a trial's.
fn has_trials(runs: &Path, layout: &Layout) -> bool {
    let mut folders = layout.trials.iter();
    folders.any(|folder| runs.join(folder).join(TRIAL).exists())
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
