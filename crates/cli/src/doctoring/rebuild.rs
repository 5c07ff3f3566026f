//! Makes a database anew from the folders of its trials.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use fitroom_domain::TrialId;
use fitroom_store::{SweepIdentity, TrialRecord};

use super::checkup::{Examination, Site};
use super::examine::examine;
use super::findings::{Finding, Wrong};
use super::folder_state::FolderState;
use super::known_sweeps::KnownSweeps;
use super::layout::Layout;
use super::recovered;
use super::strangers::{Stranger, Survey};
use crate::exit::Failure;

/// Trials that are recorded at a time.
const BATCH: usize = 200;

/// What came of the folders.
#[derive(Debug, Default)]
struct Counts {
    ended: usize,
    with_checkpoint: usize,
    begin_anew: usize,
}

impl Site<'_> {
    /// Records all that the folders say into a database that is empty. Nobody sees it yet; without `fix` nobody ever
    /// does. Returns the trials with which something else is wrong.
    ///
    /// # Errors
    /// When the database or the disk refuses.
    pub(super) fn rebuild(
        &self,
        layout: &Layout,
        sweeps: &mut KnownSweeps<'_>,
        examination: &mut Examination,
    ) -> Result<HashSet<TrialId>, Failure> {
        let Survey {
            strangers,
            unknown,
            unsound,
            copies,
            told,
        } = Survey::of(self.runs(), &layout.trials, self.closeness())?;
        examination.unknown = unknown;
        for (folder, why) in unsound {
            let finding = self.set_aside(&folder, Wrong::Incomplete(why));
            examination.findings.push(finding);
        }
        for (folder, of) in copies {
            let finding = self.set_aside(&folder, Wrong::Copy { of });
            examination.findings.push(finding);
        }
        for (sweep, told) in told {
            sweeps.tell(sweep, told);
        }
        sweeps.recover(self.database)?;
        let (mut counts, mut batch) = (Counts::default(), Vec::with_capacity(BATCH));
        let mut there: HashSet<TrialId> = HashSet::new();
        let mut of_sweep: BTreeMap<SweepIdentity, i64> = BTreeMap::new();
        let mut look_again: HashSet<TrialId> = HashSet::new();
        for stranger in strangers {
            self.progress.inc(1);
            let place = of_sweep.entry(stranger.sweep.clone()).or_default();
            let (record, state) = match self.recovered(&stranger, *place, sweeps) {
                Ok(recovered) => recovered,
                Err(error) => {
                    let wrong = Wrong::Unreadable(format!("{error:#}"));
                    let finding = Finding::new(&stranger.folder, wrong);
                    examination.findings.push(finding);
                    continue;
                }
            };
            *place += 1;
            match (
                record.figures.is_some() || !record.files.is_empty(),
                record.attempts.is_empty(),
            ) {
                (true, _) => counts.ended += 1,
                (false, false) => counts.with_checkpoint += 1,
                (false, true) => counts.begin_anew += 1,
            }
            let wrongs = examine(&record, Some(&state));
            if !wrongs.is_empty() {
                look_again.insert(stranger.id.clone());
            }
            if !self.checkup.fix {
                let findings = wrongs.into_iter();
                let findings = findings.map(|wrong| Finding::new(&stranger.folder, wrong));
                examination.findings.extend(findings);
            }
            there.insert(stranger.id);
            batch.push((None, record));
            if batch.len() >= BATCH {
                self.put(&mut batch)?;
            }
        }
        self.put(&mut batch)?;
        self.say(&counts, sweeps, &there, examination);
        Ok(look_again)
    }

    /// What a folder says of its trial.
    fn recovered(
        &self,
        stranger: &Stranger,
        place: i64,
        sweeps: &KnownSweeps<'_>,
    ) -> anyhow::Result<(TrialRecord, FolderState)> {
        let state = self.state(&stranger.folder)?;
        let description = state.trial().map_err(|why| anyhow::anyhow!(why))?;
        let belonging = sweeps.belonging(&stranger.sweep, &state, description, place);
        let record = match state.complete() {
            Ok(complete) => recovered::ended(&complete, &belonging),
            Err(_) => {
                let path = self.runs().join(&stranger.folder);
                let modified = std::fs::metadata(&path).and_then(|it| it.modified());
                let modified = modified.with_context(|| format!("`{}`", path.display()))?;
                let time = jiff::Timestamp::try_from(modified)?;
                recovered::waiting(&state, description, &belonging, &format!("{time:.3}"))
            }
        };
        Ok((record, state))
    }

    fn put(&self, batch: &mut Vec<(Option<i64>, TrialRecord)>) -> Result<(), Failure> {
        let put = self.database.store().put_records(batch, || Ok(()));
        self.database.wait(put)?;
        batch.clear();
        Ok(())
    }

    fn say(
        &self,
        counts: &Counts,
        sweeps: &KnownSweeps<'_>,
        there: &HashSet<TrialId>,
        examination: &mut Examination,
    ) {
        let would = if self.checkup.fix { "" } else { "would be " };
        let Counts {
            ended,
            with_checkpoint,
            begin_anew,
        } = counts;
        let notes = &mut examination.notes;
        notes.push(format!(
            "{would}recorded from their folders: {} with an end",
            trials(*ended)
        ));
        if *with_checkpoint > 0 {
            notes.push(format!(
                "{} with a checkpoint, from which the sweep goes on",
                trials(*with_checkpoint)
            ));
        }
        if *begin_anew > 0 {
            notes.push(format!(
                "{} with neither: the sweep trains it",
                trials(*begin_anew)
            ));
        }
        match sweeps.wanted_but(there) {
            0 => {}
            count => notes.push(format!(
                "{} without a folder that a sweep wants: planned again when the sweep is run",
                trials(count)
            )),
        }
        match sweeps.told() {
            0 => {}
            count => notes.push(format!(
                "sweeps of an older version, whose folders do not tell their files' text, nor all that they planned: {count} \
                 (run them again)"
            )),
        }
        notes.push(
            "not in any folder: attempts before the one that ended a trial, why trials failed and where they were pruned, \
             and imported logs (`fitroom import-logs` reads them again)"
                .to_owned(),
        );
    }
}

/// So many trials, in words.
fn trials(count: usize) -> String {
    match count {
        1 => "1 trial".to_owned(),
        count => format!("{count} trials"),
    }
}
