//! `fitroom runs diff`: by what two trials differ.

use fitroom_domain::DatasetKey;

use super::find_trial::find_trial;
use crate::arguments::{Places, RunsDiffArguments};
use crate::colour::Colours;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::inspecting::{
    Gatherer, PhotographPaths, TrialDiff, TrialDiffJson, diff_text, shared_answers, terminal_width,
};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &RunsDiffArguments) -> Result<Exit, Failure> {
    let database = Database::open_required_to_read(&places.runs)?;
    let first = find_trial(&database, &arguments.first)?;
    let second = find_trial(&database, &arguments.second)?;
    let gatherer = Gatherer::new(&database)?;
    let (a, b) = (gatherer.facts(first)?, gatherer.facts(second)?);
    let answers = shared_answers(&places.runs, &a, &b);
    let paths = match answers.is_ok() {
        true => {
            let dataset = DatasetKey {
                name: a.row.dataset.clone(),
                fingerprint: a.row.fingerprint.clone(),
            };
            let (paths, problem) = PhotographPaths::find(&places.datasets, &dataset);
            if let Some(problem) = problem {
                output::message(&format!("no paths of photographs: {problem}"));
            }
            paths
        }
        false => PhotographPaths::default(),
    };
    let mut diff = TrialDiff::new(&a, &b, answers, paths);
    if !arguments.all {
        diff = diff.without_what_is_the_same();
    }
    output::data(&match arguments.json {
        true => serde_json::to_string_pretty(&TrialDiffJson::new(&diff))?,
        false => {
            let (width, colours) = (terminal_width(), Colours::of_stdout());
            diff_text(&diff, arguments.photographs, width, colours)
        }
    })?;
    Ok(Exit::Well)
}
