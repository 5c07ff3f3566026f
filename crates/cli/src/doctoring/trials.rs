//! Trials that the database knows: what is wrong with each, and the mending of it.

use anyhow::{anyhow, bail};
use fitroom_domain::{AttemptState, TrialState};
use fitroom_store::{TrialPlace, TrialRecord, is_working, utc_now};

use super::amend::{Amended, Known, Step, amend};
use super::checkup::Site;
use super::examine::examine;
use super::findings::{Finding, Outcome, Wrong};
use super::folder_state::{FolderState, Look};
use super::known_sweeps::{KnownSweeps, identity};
use super::layout::{entries, link_in};
use super::recovered;
use crate::run_folder::{is_file_name, trial_folder};
use crate::trash::{REMOVED, TRASH};
use crate::write_whole::write_whole_with;

/// How often a trial is looked at again: what is mended may show what else is wrong.
const MOST_ROUNDS: usize = 5;

impl Site<'_> {
    /// Looks at a trial and, if that is asked for, mends it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) fn check_trial(
        &self,
        place: &TrialPlace,
        sweeps: &KnownSweeps<'_>,
    ) -> anyhow::Result<Vec<Finding>> {
        let folder = place.folder.as_deref();
        let folder = folder.filter(|it| trial_folder(self.runs(), it).is_some());
        let name = folder.unwrap_or(&place.name);
        let mut findings = Vec::new();
        if !place.is_sound {
            let mut finding = Finding::new(name, Wrong::TrialDiffers);
            if self.checkup.fix {
                finding.outcome = outcome(self.rewrite_trial(place));
            }
            let is_mended = finding.outcome == Outcome::Mended;
            findings.push(finding);
            if !is_mended {
                return Ok(findings);
            }
        }
        let mut look = self.checkup.look;
        for _ in 0..MOST_ROUNDS {
            let store = self.database.store();
            let record = match self.database.wait(store.record(place.key)) {
                Ok(Some(record)) => record,
                Ok(None) => return Ok(findings),
                Err(error) if error.is_of_content() => {
                    let why = format!("{:#}", anyhow::Error::from(error));
                    let mut finding = Finding::new(name, Wrong::RecordUnreadable(why));
                    if self.checkup.fix {
                        finding.outcome = outcome(self.record_again(place, sweeps));
                    }
                    let is_mended = finding.outcome == Outcome::Mended;
                    findings.push(finding);
                    match is_mended {
                        true => continue,
                        false => return Ok(findings),
                    }
                }
                Err(error) => return Err(error.into()),
            };
            if self.is_alive(&record)? {
                return Ok(findings);
            }
            let (folder, wrongs) = match self.look(&record, look) {
                Ok(found) => found,
                Err(error) => {
                    let why = format!("{error:#}");
                    findings.push(Finding::new(name, Wrong::Unreadable(why)));
                    return Ok(findings);
                }
            };
            if wrongs.is_empty() {
                return Ok(findings);
            }
            // Somebody may have begun or ended the trial between the look at the database and that at its folder.
            let again = self.database.wait(store.record(place.key))?;
            if !again.is_some_and(|again| is_same(&again, &record)) {
                continue;
            }
            if self.checkup.fix && look == Look::Sizes {
                // What is recorded has hashes.
                look = Look::Bytes;
                continue;
            }
            if !self.checkup.fix {
                findings.extend(wrongs.into_iter().map(|wrong| Finding::new(name, wrong)));
                return Ok(findings);
            }
            let mended = self.mend(place, &record, folder.as_ref(), &wrongs, sweeps);
            let outcome = outcome(mended);
            let is_mended = outcome == Outcome::Mended;
            findings.extend(wrongs.into_iter().map(|wrong| Finding {
                outcome: outcome.clone(),
                ..Finding::new(name, wrong)
            }));
            if !is_mended {
                return Ok(findings);
            }
        }
        if let Some(last) = findings.last_mut() {
            last.outcome = Outcome::NotMended("something is still wrong with it".to_owned());
        }
        Ok(findings)
    }

    /// What lies in a trial's folder, and what is wrong with it.
    fn look(
        &self,
        record: &TrialRecord,
        look: Look,
    ) -> anyhow::Result<(Option<FolderState>, Vec<Wrong>)> {
        let folder = match &record.folder {
            Some(recorded) if trial_folder(self.runs(), recorded).is_none() => {
                let recorded = recorded.clone();
                return Ok((None, vec![Wrong::FolderMisnamed { recorded, to: None }]));
            }
            Some(folder) => {
                let state = FolderState::read(self.runs(), folder, look, self.is_restoring)?;
                // What lies behind a link may come back: another disk.
                if let (None, Some(link)) = (&state, link_in(self.runs(), folder)) {
                    bail!("its folder `{folder}` is not there: `{link}` is a link");
                }
                state
            }
            None => None,
        };
        let mut wrongs = examine(record, folder.as_ref());
        if wrongs == [Wrong::FolderMissing]
            && record.folder.is_some()
            && let Some(place) = self.removed(record, look)?
        {
            wrongs = vec![Wrong::InTrash { place }];
        }
        Ok((folder, wrongs))
    }

    /// Where a complete folder of a trial lies among the removed ones.
    fn removed(&self, record: &TrialRecord, look: Look) -> anyhow::Result<Option<String>> {
        let id = record.trial.id();
        for (name, is_folder) in entries(self.runs(), TRASH)? {
            // A trial that was removed twice has numbered places.
            if !is_folder || name.split('.').next() != Some(id.as_str()) {
                continue;
            }
            let place = format!("{TRASH}/{name}");
            // What cannot be read is not what is looked for.
            let state = FolderState::read(self.runs(), &place, look, false)
                .ok()
                .flatten();
            let is_this =
                |state: FolderState| (state.complete()).is_ok_and(|it| it.description.id == id);
            if state.is_some_and(is_this) {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Whether somebody trains a trial.
    pub(super) fn is_alive(&self, record: &TrialRecord) -> anyhow::Result<bool> {
        for attempt in &record.attempts {
            let is_running = attempt.state == AttemptState::Running;
            if is_running
                && is_file_name(&attempt.owner)
                && is_working(self.runs(), &attempt.owner)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn rewrite_trial(&self, place: &TrialPlace) -> anyhow::Result<()> {
        if place.state == TrialState::Running {
            return Err(anyhow!("it is in training"));
        }
        let folder = place.folder.as_ref();
        let folder = folder.ok_or_else(|| anyhow!("it has no folder yet"))?;
        trial_folder(self.runs(), folder).ok_or_else(|| not_of_a_trial(folder))?;
        let state = FolderState::read(self.runs(), folder, Look::Sizes, true)?;
        let state = state.ok_or_else(|| anyhow!("its folder is missing"))?;
        let description = state.trial().map_err(|why| anyhow!(why))?;
        if description.id != place.id {
            return Err(anyhow!("`trial.toml` is that of another trial"));
        }
        let store = self.database.store();
        Ok(self
            .database
            .wait(store.rewrite_trial(place.key, &description.trial))?)
    }

    /// Records a trial whose record cannot be read as its folder has it.
    fn record_again(&self, place: &TrialPlace, sweeps: &KnownSweeps<'_>) -> anyhow::Result<()> {
        if place.state == TrialState::Running {
            return Err(anyhow!("it is in training"));
        }
        let folder = place.folder.as_ref();
        let folder = folder.ok_or_else(|| anyhow!("it has no folder yet"))?;
        trial_folder(self.runs(), folder).ok_or_else(|| not_of_a_trial(folder))?;
        let state = self.state(folder)?;
        let complete = state.complete().map_err(|why| anyhow!(why))?;
        if complete.description.id != place.id {
            return Err(anyhow!("its folder is that of another trial"));
        }
        let name = folder.split('/').nth(1).unwrap_or_default();
        let sweep = identity(name, &complete.description.trial)?;
        let belonging = sweeps.belonging(&sweep, &state, complete.description, place.key);
        let record = recovered::ended(&complete, &belonging);
        let store = self.database.store();
        Ok(self
            .database
            .wait(store.overwrite_record(place.key, &record))?)
    }

    /// Mends what is wrong with a trial: its record and its files, or nothing.
    pub(super) fn mend(
        &self,
        place: &TrialPlace,
        record: &TrialRecord,
        folder: Option<&FolderState>,
        wrongs: &[Wrong],
        sweeps: &KnownSweeps<'_>,
    ) -> anyhow::Result<()> {
        let known = Known {
            key: place.key,
            record,
            summary: sweeps.summary(record),
            now: &utc_now(),
        };
        let Amended { record: new, steps } = amend(known, folder, wrongs)?;
        // Without a folder its record alone goes to the trash.
        let recordless = format!("trials/{}", place.id);
        let folder = new.folder.as_ref().unwrap_or(&recordless);
        if let Some(link) = link_in(self.runs(), folder).filter(|_| !steps.is_empty()) {
            bail!("`{link}` is a link out of the runs folder, where nothing is changed");
        }
        let files = || {
            for step in &steps {
                self.take(folder, step).map_err(std::io::Error::other)?;
            }
            Ok(())
        };
        let store = self.database.store();
        let replaced = store.replace_record((place.key, record), &new, files);
        match self.database.wait(replaced)? {
            true => Ok(()),
            false => Err(anyhow!("somebody changed it meanwhile")),
        }
    }

    /// Does to a file of a trial's folder what is to be done.
    fn take(&self, folder: &str, step: &Step) -> anyhow::Result<()> {
        let path = self.runs().join(folder);
        match step {
            Step::SetAside(name) => self.trash.set_aside(&format!("{folder}/{name}"))?,
            Step::SetFolderAside(folder) => self.trash.set_aside(folder)?,
            Step::GiveBack(place) => self.trash.give_back(place, folder)?,
            Step::Remove(name) => super::leftovers::remove(&path.join(name))?,
            Step::Write(name, bytes) => {
                write_whole_with(&path.join(name), |file| {
                    std::io::Write::write_all(file, bytes)?;
                    file.sync_all()
                })?;
            }
            Step::Remark(remarks) => {
                std::fs::create_dir_all(&path)?;
                remarks.write(&path)?;
            }
            Step::KeepRecord(bytes) => {
                self.trash.write(&format!("{folder}/{REMOVED}"), bytes)?;
            }
        }
        Ok(())
    }
}

fn not_of_a_trial(folder: &str) -> anyhow::Error {
    anyhow!("`{folder}` is recorded as its folder, expected dataset/sweep/trial")
}

/// Whether two records of a trial are the same, where what is not known is NaN.
fn is_same(one: &TrialRecord, other: &TrialRecord) -> bool {
    let text = |record| serde_json::to_string(record).ok();
    text(one) == text(other)
}

/// What became of something that was to be mended.
pub(super) fn outcome(mended: anyhow::Result<()>) -> Outcome {
    match mended {
        Ok(()) => Outcome::Mended,
        Err(error) => Outcome::NotMended(format!("{error:#}")),
    }
}
