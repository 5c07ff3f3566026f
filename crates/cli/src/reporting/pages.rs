//! The pages: one for each sweep that is asked for, and the index.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fitroom_domain::Fingerprint;
use fitroom_report::{IndexReport, index_page};
use fitroom_store::SweepRecord;

use super::choose_sweeps::is_chosen;
use super::index::index_datasets;
use super::observed_sweep::key;
use super::page_paths::{page_paths, routes_path};
use super::reporter::Reporter;
use super::routes::{routes_to_show, write_routes};
use super::state::State;
use crate::database::Database;
use crate::output;
use crate::write_whole::write_whole;

/// A page that is up to date.
pub(crate) struct Page {
    pub(crate) path: PathBuf,
    /// Whether it had to be written for that.
    pub(crate) is_new: bool,
}

/// Pages that are up to date.
pub(crate) struct Pages {
    pub(crate) index: Page,
    pub(crate) sweeps: Vec<Page>,
    /// Whether each shows everything that it should.
    pub(crate) are_complete: bool,
    /// Sweeps that the index names but that have no page, for nobody asked for it yet.
    pub(crate) missing: usize,
}

impl Reporter<'_> {
    /// Brings the pages of the chosen sweeps, and the index, up to date. What shows the same already is not written.
    /// `None` if somebody asked to stop.
    ///
    /// # Errors
    /// When the database cannot be read or a page cannot be written.
    pub(crate) fn write_pages(
        &mut self,
        database: &Database,
        stop: impl Fn() -> bool,
    ) -> anyhow::Result<Option<Pages>> {
        self.look_again();
        let sweeps = database.wait(database.store().sweeps())?;
        let paths = page_paths(&sweeps);
        let reports = &self.places.reports;
        let (mut pages, mut are_complete, mut missing) = (Vec::new(), true, 0);
        for (sweep, path) in sweeps.iter().zip(&paths) {
            let path = reports.join(path);
            if stop() {
                return Ok(None);
            }
            if !is_chosen(sweep, self.names) {
                missing += usize::from(!path.exists());
                continue;
            }
            let (is_new, is_complete) = self.write_sweep(database, sweep, &path)?;
            are_complete &= is_complete;
            pages.push(Page { path, is_new });
        }
        let mut routes = BTreeMap::new();
        for sweep in sweeps.iter().filter(|sweep| sweep.question().is_some()) {
            let place = (&sweep.dataset, &sweep.fingerprint);
            if routes.contains_key(&place) {
                continue;
            }
            match routes_to_show(&self.places.runs, &sweeps, &key(sweep)) {
                Ok(Some(report)) => {
                    pages.push(write_routes(self.places, &report)?);
                    routes.insert(place, Some(routes_path(&sweep.dataset, false)));
                }
                Ok(None) => drop(routes.insert(place, None)),
                Err(error) => {
                    self.said.once(format!("warning: {error:#}"));
                    are_complete = false;
                    routes.insert(place, None);
                }
            }
        }
        let routes = routes
            .into_iter()
            .filter_map(|(place, path)| Some((place, path?)));
        let path = reports.join("index.html");
        let is_new = write_index(database, &sweeps, &paths, &routes.collect(), &path)?;
        Ok(Some(Pages {
            index: Page { path, is_new },
            sweeps: pages,
            are_complete,
            missing,
        }))
    }

    /// Brings the page of a sweep up to date. Whether it was written, and whether it shows everything that it should:
    /// otherwise it is without its state, so that it is made, and what is wrong said, again the next time.
    fn write_sweep(
        &mut self,
        database: &Database,
        sweep: &SweepRecord,
        path: &Path,
    ) -> anyhow::Result<(bool, bool)> {
        let observed = self.observe(database, sweep)?;
        let state = observed.state();
        if state.is_of(path) {
            return Ok((false, true));
        }
        let made = self.complete(database, observed, &output::minute())?;
        let page = made.page()?;
        let page = match made.is_complete {
            true => state.mark(&page),
            false => page,
        };
        write_whole(path, &page)?;
        Ok((true, made.is_complete))
    }
}

/// Brings the index up to date; whether it was written.
fn write_index(
    database: &Database,
    sweeps: &[SweepRecord],
    paths: &[String],
    routes: &BTreeMap<(&String, &Fingerprint), String>,
    path: &Path,
) -> anyhow::Result<bool> {
    let datasets = index_datasets(database, sweeps, paths, routes)?;
    let state = State::of(&[&datasets]);
    if state.is_of(path) {
        return Ok(false);
    }
    let index = IndexReport {
        generated_at: output::minute(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        datasets,
    };
    write_whole(path, &state.mark(&index_page(&index)))?;
    Ok(true)
}
