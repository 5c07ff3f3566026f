//! Which trials the conditions and options of a command line mean.

use anyhow::anyhow;
use fitroom_domain::trial_filter::{Condition, Operand, Test};
use fitroom_domain::{TrialField, TrialFilter};
use fitroom_store::{TrialQuery, TrialRow};

use crate::arguments::SelectionArguments;
use crate::database::Database;
use crate::exit::{Failure, OrInput};

/// Trials that are in memory at a time.
const TOGETHER: usize = 500;

/// Below this likeness (0 to 1), a guess confuses more than it helps.
const ALIKE: f64 = 0.8;

impl SelectionArguments {
    /// The trials that are meant, all of them.
    ///
    /// # Errors
    /// When a field is unknown, or a state is none.
    pub(super) fn query(&self, database: &Database) -> Result<TrialQuery, Failure> {
        let mut conditions: Vec<Condition> = Vec::new();
        for filter in &self.conditions {
            conditions.extend(filter.conditions.iter().cloned());
        }
        for (field, values) in [
            (TrialField::Dataset, &self.dataset),
            (TrialField::Sweep, &self.sweep),
            (TrialField::Task, &self.task),
            (TrialField::Tag, &self.tag),
        ] {
            if !values.is_empty() {
                let values = values.iter().cloned().map(Operand::Text);
                let test = Test::OneOf(values.collect());
                conditions.push(Condition { field, test });
            }
        }
        if !self.state.is_empty() {
            let states = format!("state={}", self.state.join(","));
            let states: TrialFilter = states.parse().or_input()?;
            conditions.extend(states.conditions);
        }
        let order: Vec<_> = (self.sort.iter())
            .map(|key| (key.0.clone(), key.1))
            .collect();
        let fields = conditions.iter().map(|condition| &condition.field);
        check_fields(fields.chain(order.iter().map(|(field, _)| field)), database)?;
        Ok(TrialQuery {
            filter: TrialFilter { conditions },
            order,
            limit: None,
            offset: 0,
        })
    }
}

/// Every field is known.
///
/// # Errors
/// When one is not, with the nearest that is.
pub(super) fn check_fields<'f>(
    fields: impl Iterator<Item = &'f TrialField>,
    database: &Database,
) -> Result<(), Failure> {
    let mut imported: Option<Vec<String>> = None;
    for field in fields {
        let TrialField::Setting(name) = field else {
            continue;
        };
        let known = match &imported {
            Some(known) => known,
            None => {
                let settings = database.wait(database.store().imported_settings())?;
                imported.insert(settings)
            }
        };
        if !known.contains(name) {
            return Err(unknown_field(name, known)).or_input();
        }
    }
    Ok(())
}

fn unknown_field(unknown: &str, imported: &[String]) -> anyhow::Error {
    let known: Vec<&str> = TrialField::known_names().collect();
    let imported = imported.iter().map(String::as_str);
    let nearest = (known.iter().copied().chain(imported))
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let hint = match nearest {
        Some((_, name)) => format!(": did you mean `{name}`?"),
        None => String::new(),
    };
    anyhow!(
        "`{unknown}` is no field of trials{hint}\n(there are: {})",
        known.join(", ")
    )
}

/// Reads the trials that a query asks for, a few at a time, and gives each batch to `take`, until that says that it has
/// enough.
pub(super) fn read_trials(
    database: &Database,
    query: &TrialQuery,
    mut take: impl FnMut(Vec<TrialRow>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let store = database.store();
    let keys = database.wait(store.find_trials(query))?;
    for keys in keys.chunks(TOGETHER) {
        if !take(database.wait(store.trials_with_keys(keys))?)? {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_field_is_suggested() {
        let message = unknown_field("kernel_nmu", &[]).to_string();
        assert!(message.contains("did you mean `kernel_num`?"), "{message}");
        let message = unknown_field("optimiser", &["optimizer".to_owned()]).to_string();
        assert!(message.contains("did you mean `optimizer`?"), "{message}");
        let message = unknown_field("xyz", &[]).to_string();
        assert!(!message.contains("did you mean"), "{message}");
    }
}
