//! Folders that the database does not know as a trial's: complete ones are recorded, others go to the trash.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use fitroom_domain::TrialId;
use fitroom_store::{SweepIdentity, TrialPlace};

use super::checkup::Site;
use super::findings::{Finding, Wrong};
use super::folder_state::{FolderState, Look};
use super::known_sweeps::{KnownSweeps, ToldSweep, identity};
use super::recovered;
use super::trials::outcome;
use crate::run_folder::{ResultFile, TRIAL, TrialDescription, trial_folder};

/// A folder of a trial that the database does not know.
#[derive(Debug)]
pub(super) struct Stranger {
    /// Relative to the runs folder.
    pub(super) folder: String,
    pub(super) id: TrialId,
    /// The sweep whose folder it lies in.
    pub(super) sweep: SweepIdentity,
    /// When its last attempt began, in UTC, if it has ended.
    pub(super) started_at: Option<String>,
}

/// What folders are.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Folders of trials, in the order of their sweeps.
    pub(super) strangers: Vec<Stranger>,
    /// Folders of no trial.
    pub(super) unknown: Vec<String>,
    /// Folders of trials whose `trial.toml` cannot be used, and why.
    pub(super) unsound: Vec<(String, String)>,
    /// Folders of trials that lie in another one too, which is better or comes first.
    pub(super) copies: Vec<(String, String)>,
    /// What trials tell of their sweeps.
    pub(super) told: BTreeMap<SweepIdentity, ToldSweep>,
}

impl Survey {
    /// Reads what trials are, and when they were trained: nothing else of their folders, unless there are several of one
    /// trial. Of those a complete one counts.
    ///
    /// # Errors
    /// When a task cannot be written as JSON.
    pub(super) fn of(runs: &Path, folders: &[String], look: Look) -> anyhow::Result<Survey> {
        let mut survey = Survey::default();
        for folder in folders {
            survey.add(runs, folder)?;
        }
        // Older versions did not write down which trial comes when: they began in the order of the plan.
        survey.strangers.sort_by(|one, other| {
            let order = |it: &Stranger| (it.sweep.clone(), it.started_at.is_none());
            let began = |it: &Stranger| (it.started_at.clone(), it.folder.clone());
            (order(one).cmp(&order(other))).then_with(|| began(one).cmp(&began(other)))
        });
        survey.part_copies(runs, look);
        Ok(survey)
    }

    fn part_copies(&mut self, runs: &Path, look: Look) {
        let mut folders: HashMap<TrialId, Vec<String>> = HashMap::new();
        for stranger in &self.strangers {
            let folders = folders.entry(stranger.id.clone()).or_default();
            folders.push(stranger.folder.clone());
        }
        let is_complete = |folder: &&String| {
            let state = FolderState::read(runs, folder, look, true);
            state.is_ok_and(|state| state.is_some_and(|it| it.complete().is_ok()))
        };
        for folders in folders.into_values().filter(|it| it.len() > 1) {
            let best = folders.iter().find(is_complete).unwrap_or(&folders[0]);
            let others = folders.iter().filter(|folder| *folder != best);
            self.copies
                .extend(others.map(|it| (it.clone(), best.clone())));
        }
        self.copies.sort();
        let copies: HashSet<&String> = self.copies.iter().map(|(folder, _)| folder).collect();
        self.strangers.retain(|it| !copies.contains(&it.folder));
    }

    fn add(&mut self, runs: &Path, folder: &str) -> anyhow::Result<()> {
        let path = runs.join(folder);
        if !path.join(TRIAL).exists() {
            self.unknown.push(folder.to_owned());
            return Ok(());
        }
        let description = match TrialDescription::read(&path) {
            Ok(description) if description.is_sound() => description,
            Ok(_) => {
                let why = format!("`{TRIAL}` does not have the id of what it says");
                self.unsound.push((folder.to_owned(), why));
                return Ok(());
            }
            Err(error) => {
                self.unsound.push((folder.to_owned(), format!("{error:#}")));
                return Ok(());
            }
        };
        let result = ResultFile::read(&path).ok();
        let mut parts = folder.split('/');
        let dataset = parts.next().unwrap_or_default();
        let sweep = identity(parts.next().unwrap_or_default(), &description.trial)?;
        let run_at = (result.as_ref()).map_or_else(String::new, |it| it.ended_at.clone());
        let mut key = description.trial.dataset.clone();
        key.name = dataset.to_owned();
        let told = ToldSweep {
            dataset: key,
            task: description.trial.task.clone(),
            summary: description.data,
            trial: description.trial,
            run_at,
        };
        self.strangers.push(Stranger {
            folder: folder.to_owned(),
            id: description.id,
            sweep: sweep.clone(),
            started_at: result.map(|it| it.started_at),
        });
        match self.told.get(&sweep) {
            Some(known) if known.run_at > told.run_at => {}
            _ => drop(self.told.insert(sweep, told)),
        }
        Ok(())
    }
}

/// What came of looking at folders that the database does not know.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub(super) findings: Vec<Finding>,
    /// Folders of no trial.
    pub(super) unknown: Vec<String>,
    /// Keys of trials that lie elsewhere, which nobody has recorded yet.
    pub(super) elsewhere: Vec<i64>,
}

impl Site<'_> {
    /// Looks at folders that the database does not know.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) fn meet_strangers(
        &self,
        folders: &[String],
        places: &[TrialPlace],
        sweeps: &mut KnownSweeps<'_>,
    ) -> anyhow::Result<Met> {
        let survey = Survey::of(self.runs(), folders, self.closeness())?;
        for (sweep, told) in survey.told {
            sweeps.tell(sweep, told);
        }
        let mut met = Met {
            unknown: survey.unknown,
            ..Met::default()
        };
        for (folder, why) in survey.unsound {
            met.findings
                .push(self.set_aside(&folder, Wrong::Incomplete(why)));
        }
        for (folder, of) in survey.copies {
            met.findings
                .push(self.set_aside(&folder, Wrong::Copy { of }));
        }
        let by_id: HashMap<&TrialId, &TrialPlace> =
            places.iter().map(|place| (&place.id, place)).collect();
        let mut are_recovered = false;
        let mut of_sweep: BTreeMap<SweepIdentity, i64> = BTreeMap::new();
        for stranger in survey.strangers {
            let place = of_sweep.entry(stranger.sweep.clone()).or_default();
            *place += 1;
            let finding = match by_id.get(&stranger.id) {
                Some(known) => self.meet_known(&stranger, known, sweeps, &mut met)?,
                None => self.meet_unknown(&stranger, *place, sweeps, &mut are_recovered)?,
            };
            met.findings.extend(finding);
            self.progress.inc(1);
        }
        Ok(met)
    }

    /// A folder of a trial that the database knows elsewhere.
    fn meet_known(
        &self,
        stranger: &Stranger,
        known: &TrialPlace,
        sweeps: &KnownSweeps<'_>,
        met: &mut Met,
    ) -> anyhow::Result<Option<Finding>> {
        let folder = known.folder.as_ref();
        let place = folder.and_then(|folder| trial_folder(self.runs(), folder));
        let is_misnamed = folder.is_some() && place.is_none();
        let lies_there = folder.filter(|_| place.is_some_and(|place| place.exists()));
        let why = match lies_there.map(|folder| self.state(folder)) {
            None => None,
            Some(Err(error)) => {
                let wrong = Wrong::Unreadable(format!("{error:#}"));
                return Ok(Some(Finding::new(&stranger.folder, wrong)));
            }
            Some(Ok(state)) => match state.complete() {
                Ok(it) if it.description.id == known.id => Some(None),
                Ok(_) => Some(Some("it is another trial's".to_owned())),
                Err(why) => Some(Some(why)),
            },
        };
        let copy = |folder: &String| {
            let of = folder.clone();
            Ok(Some(self.set_aside(&stranger.folder, Wrong::Copy { of })))
        };
        if let (Some(folder), Some(None)) = (lies_there, &why) {
            return copy(folder);
        }
        let record = self.database.wait(self.database.store().record(known.key));
        let Ok(Some(record)) = record else {
            return Ok(None);
        };
        if self.is_alive(&record)? {
            return Ok(None);
        }
        let state = self.state(&stranger.folder)?;
        let wrong = match (&known.folder, state.complete()) {
            (None, Ok(complete)) => Wrong::Unrecorded(complete.result.state),
            // Its sweep begins it in this folder, and goes on from its checkpoint.
            (None, Err(_)) => return Ok(None),
            (Some(folder), Err(_)) if lies_there.is_some() => return copy(folder),
            (Some(_), Ok(_)) if lies_there.is_some() => Wrong::Superseded {
                by: stranger.folder.clone(),
                why: why.flatten().unwrap_or_default(),
            },
            (Some(recorded), _) if is_misnamed => Wrong::FolderMisnamed {
                recorded: recorded.clone(),
                to: Some(stranger.folder.clone()),
            },
            (Some(_), _) => Wrong::Moved {
                to: stranger.folder.clone(),
            },
        };
        let place = match &wrong {
            Wrong::Moved { .. } | Wrong::Superseded { .. } => {
                known.folder.as_ref().unwrap_or(&stranger.folder)
            }
            _ => &stranger.folder,
        };
        let mut finding = Finding::new(place, wrong.clone());
        if self.checkup.fix {
            let mended = self.mend(known, &record, Some(&state), &[wrong], sweeps);
            finding.outcome = outcome(mended);
        } else {
            met.elsewhere.push(known.key);
        }
        Ok(Some(finding))
    }

    /// A folder of a trial that the database does not know at all.
    fn meet_unknown(
        &self,
        stranger: &Stranger,
        place: i64,
        sweeps: &KnownSweeps<'_>,
        are_recovered: &mut bool,
    ) -> anyhow::Result<Option<Finding>> {
        let state = self.state(&stranger.folder)?;
        let complete = match state.complete() {
            Ok(complete) => complete,
            Err(why) => {
                let wrong = Wrong::Incomplete(why);
                return Ok(Some(self.set_aside(&stranger.folder, wrong)));
            }
        };
        let wrong = Wrong::Unrecorded(complete.result.state);
        let mut finding = Finding::new(&stranger.folder, wrong);
        if self.checkup.fix {
            let description = complete.description;
            let belonging = sweeps.belonging(&stranger.sweep, &state, description, place);
            let record = (None, recovered::ended(&complete, &belonging));
            let recovered = match std::mem::replace(are_recovered, true) {
                true => Ok(()),
                false => sweeps.recover(self.database),
            };
            let recorded = recovered.and_then(|()| {
                let store = self.database.store();
                let put = store.put_records(std::slice::from_ref(&record), || Ok(()));
                Ok(self.database.wait(put)?)
            });
            finding.outcome = outcome(recorded);
        }
        Ok(Some(finding))
    }

    /// What lies in a folder, at every byte where something is to be recorded.
    pub(super) fn state(&self, folder: &str) -> anyhow::Result<FolderState> {
        let state = FolderState::read(self.runs(), folder, self.closeness(), self.is_restoring)?;
        state.ok_or_else(|| anyhow::anyhow!("`{folder}` has gone"))
    }

    /// How closely to look where something is to be recorded.
    pub(super) fn closeness(&self) -> Look {
        match self.checkup.fix {
            true => Look::Bytes,
            false => self.checkup.look,
        }
    }

    /// Moves a file or folder to the trash, if that is asked for.
    pub(super) fn set_aside(&self, path: &str, wrong: Wrong) -> Finding {
        let mut finding = Finding::new(path, wrong);
        if self.checkup.fix {
            finding.outcome = outcome(self.trash.set_aside(path).map_err(Into::into));
        }
        finding
    }
}
