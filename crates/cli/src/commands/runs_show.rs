//! `fitroom runs show`: all that is known of a trial.

use anyhow::anyhow;

use super::find_trial::find_trial;
use crate::arguments::{Places, RunsShowArguments};
use crate::colour::Colours;
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::inspecting::{Gatherer, ShownParts, ShownTrialJson, facts_text, terminal_width};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &RunsShowArguments) -> Result<Exit, Failure> {
    let Some(database) = Database::open_to_read(&places.runs)? else {
        let runs = places.runs.display();
        return Err(anyhow!("there are no trials in `{runs}`")).or_input();
    };
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
