//! Keeping pages up to date while sweeps train.

use std::time::Duration;

use fitroom_store::{DatabaseFile, Store};

use super::choose_sweeps::check_names;
use super::pages::{Page, Pages};
use super::reporter::Reporter;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output;

/// Time from one look at the database to the next.
const PERIOD: Duration = Duration::from_secs(5);

/// A database that is being watched.
struct Watched {
    database: Database,
    file: DatabaseFile,
    /// Its version when all pages were up to date.
    version: Option<i64>,
}

/// Brings the pages up to date whenever the database has changed, until somebody asks to stop. `say` tells of the first
/// time. What goes wrong is said, and tried again.
///
/// # Errors
/// When this version cannot use the database that is there at the beginning.
pub(crate) fn watch(
    reporter: &mut Reporter<'_>,
    interrupt: &Interrupt,
    say: impl Fn(&Pages),
) -> Result<Exit, Failure> {
    let mut watched = None;
    let (mut is_first_look, mut is_first_round) = (true, true);
    loop {
        match look(reporter, &mut watched, interrupt) {
            Ok(Some(pages)) if is_first_round => {
                say(&pages);
                output::message("watching; Ctrl-C ends it");
                is_first_round = false;
            }
            Ok(Some(pages)) => tell(&pages),
            Ok(None) => {}
            Err(failure @ Failure::Input(_)) if is_first_look => return Err(failure),
            Err(failure) => reporter.said.once(format!("error: {failure}")),
        }
        if watched.is_none() {
            let runs = reporter.places.runs.display();
            (reporter.said).once(format!("waiting for trials in `{runs}`; Ctrl-C ends it"));
        }
        is_first_look = false;
        if interrupt.asked_within(PERIOD) {
            return Ok(Exit::Well);
        }
    }
}

/// Brings the pages up to date if the database is another one than before. `None` if there was nothing to do.
fn look(
    reporter: &mut Reporter<'_>,
    watched: &mut Option<Watched>,
    interrupt: &Interrupt,
) -> Result<Option<Pages>, Failure> {
    let runs = &reporter.places.runs;
    let file = Store::file(runs);
    if watched.as_ref().is_some_and(|it| Some(it.file) != file) {
        *watched = None;
    }
    let Some(file) = file else { return Ok(None) };
    let watched = match watched {
        Some(watched) => watched,
        None => {
            let Some(database) = Database::open_to_read(runs)? else {
                return Ok(None);
            };
            watched.insert(Watched {
                database,
                file,
                version: None,
            })
        }
    };
    let database = &watched.database;
    if watched.version.is_none() {
        let sweeps = database.wait(database.store().sweeps())?;
        if let Err(unknown) = check_names(reporter.names, &sweeps, runs) {
            // It may still come.
            reporter.said.once(format!("warning: {unknown}"));
        }
    }
    // Before it is read: what is written meanwhile is seen the next time.
    let version = database.wait(database.store().data_version())?;
    if watched.version == Some(version) {
        return Ok(None);
    }
    let pages = reporter.write_pages(database, || interrupt.asked())?;
    if pages.is_some() {
        watched.version = Some(version);
    }
    Ok(pages)
}

/// Says which pages were written, if any was.
fn tell(pages: &Pages) {
    let all = pages.sweeps.iter().chain([&pages.index]);
    let new: Vec<&Page> = all.filter(|page| page.is_new).collect();
    let what = match new[..] {
        [] => return,
        [page] => page.path.display().to_string(),
        [page, ..] => format!("{} and {} more", page.path.display(), new.len() - 1),
    };
    output::message(&format!("{}: {what}", output::minute()));
}
