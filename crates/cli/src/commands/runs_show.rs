//! `fitroom runs show`: all that is known of a trial.

use super::find_trial::find_trial;
use crate::arguments::{Places, RunsShowArguments};
use crate::colour::Colours;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::inspecting::{Gatherer, ShownParts, ShownTrialJson, facts_text, terminal_width};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &RunsShowArguments) -> Result<Exit, Failure> {
    let database = Database::open_required_to_read(&places.runs)?;
    let row = find_trial(&database, &arguments.trial)?;
    let facts = Gatherer::new(&database)?.facts(row)?;
    output::data(&match arguments.json {
        true => serde_json::to_string_pretty(&ShownTrialJson::new(&facts)?)?,
        false => {
            let parts = ShownParts {
                text: arguments.text,
            };
            facts_text(&facts, parts, terminal_width(), Colours::of_stdout())
        }
    })?;
    Ok(Exit::Well)
}
