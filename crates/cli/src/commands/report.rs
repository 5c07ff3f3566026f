//! `fitroom report`: leaderboards as HTML, one page for each sweep and an index; or as JSON or CSV.

use fitroom_report::{csv_rows, leaderboard_csv, sweep_json};

use crate::arguments::{Places, ReportArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::interrupt::Interrupt;
use crate::output;
use crate::reporting::{Page, Pages, Reporter, check_names, is_chosen, watch};

pub(crate) fn run(places: &Places, arguments: &ReportArguments) -> Result<Exit, Failure> {
    let names = &arguments.sweeps;
    let mut reporter = Reporter::new(places, names);
    let database = Database::open_to_read(&places.runs)?;
    match &database {
        Some(database) => {
            let sweeps = database.wait(database.store().sweeps())?;
            check_names(names, &sweeps, &places.runs).or_input()?;
        }
        // Whoever watches waits for it.
        None if arguments.watch => {}
        None => check_names(names, &[], &places.runs).or_input()?,
    }
    if arguments.json {
        return print_json(&mut reporter, database.as_ref(), names);
    }
    if arguments.csv {
        return print_csv(&mut reporter, database.as_ref(), names);
    }
    if arguments.watch {
        drop(database);
        return watch(&mut reporter, &Interrupt::listen("the watch ends")?, say);
    }
    let Some(database) = database else {
        output::message(&format!(
            "nothing to report: no trials in `{}` yet",
            places.runs.display()
        ));
        return Ok(Exit::Well);
    };
    let pages = reporter.write_pages(&database, || false)?;
    let are_complete = pages.as_ref().is_none_or(|pages| pages.are_complete);
    if let Some(pages) = &pages {
        say(pages);
    }
    Ok(exit(are_complete))
}

impl ReportArguments {
    /// The pages of all sweeps.
    pub(super) fn all() -> ReportArguments {
        ReportArguments {
            sweeps: Vec::new(),
            json: false,
            csv: false,
            watch: false,
        }
    }
}

fn exit(are_complete: bool) -> Exit {
    match are_complete {
        true => Exit::Well,
        false => Exit::PartFailed,
    }
}

/// Lists the pages.
fn say(pages: &Pages) {
    let line = |page: &Page| match page.is_new {
        true => page.path.display().to_string(),
        false => format!("{} (unchanged)", page.path.display()),
    };
    output::message(&format!("report: {}", line(&pages.index)));
    for page in &pages.sweeps {
        output::message(&format!("        {}", line(page)));
    }
    if pages.missing > 0 {
        output::message(&format!(
            "({} more have no page yet: `fitroom report` without a name writes all)",
            pages.missing
        ));
    }
}

/// Prints an array with an object for each sweep, one after the other: only one is in memory.
fn print_json(
    reporter: &mut Reporter<'_>,
    database: Option<&Database>,
    names: &[String],
) -> Result<Exit, Failure> {
    let mut are_complete = true;
    let mut separator = "[\n";
    if let Some(database) = database {
        let sweeps = database.wait(database.store().sweeps())?;
        for sweep in sweeps.iter().filter(|sweep| is_chosen(sweep, names)) {
            let made = reporter.make(database, sweep, &output::minute())?;
            are_complete &= made.is_complete;
            let object = serde_json::to_string_pretty(&sweep_json(&made.report))?;
            if !output::raw(&format!("{separator}{object}"))? {
                return Ok(exit(are_complete));
            }
            separator = ",\n";
        }
    }
    let end = if separator == "[\n" { "[]\n" } else { "\n]\n" };
    output::raw(end)?;
    Ok(exit(are_complete))
}

/// Prints one table of all finished trials.
fn print_csv(
    reporter: &mut Reporter<'_>,
    database: Option<&Database>,
    names: &[String],
) -> Result<Exit, Failure> {
    let mut are_complete = true;
    let mut rows = Vec::new();
    if let Some(database) = database {
        let sweeps = database.wait(database.store().sweeps())?;
        for sweep in sweeps.iter().filter(|sweep| is_chosen(sweep, names)) {
            let made = reporter.make(database, sweep, &output::minute())?;
            are_complete &= made.is_complete;
            rows.extend(csv_rows(&made.report));
        }
    }
    output::raw(&leaderboard_csv(&rows)?)?;
    Ok(exit(are_complete))
}
