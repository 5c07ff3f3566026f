//! The command line of `fitroom runs`.

use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand};
use fitroom_domain::{TrialField, TrialFilter};
use fitroom_store::Direction;

use super::show::{RunsDiffArguments, RunsShowArguments};
use crate::device::Device;

const FILTERS: &str = "\
Conditions are a field, one of = != < <= > >= ~ (contains) and a value; several values with commas are alternatives, and \
all conditions must hold. Quote what a shell would read otherwise: 'accuracy>0.8'.

Fields: dataset, sweep, task, state (planned, running, finished, diverged, failed, pruned), name, id, tag, note, ended \
(UTC), accuracy, loss, best_epoch, epochs, parameters, multiply_adds, seconds, seed, kernel_size_1, kernel_size_2, \
kernel_num, dense_size, dropout_rate, lambda, max_epochs, batch_size, learning_rate, patience, threads; of imported trials \
any of their settings.";

const LIST_EXAMPLES: &str = "\
Examples:
  fitroom runs list
  fitroom runs list 'accuracy>0.8' kernel_num=64 --sort seconds
  fitroom runs list --sweep trousers_all --state failed,diverged
  fitroom runs list 'accuracy>=85%' 'ended>2026-08' --columns name,accuracy,kernel_num,tag --page 2
  fitroom runs list tag=keep --csv > kept.csv";

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List trials: those that meet all conditions, sorted, a page at a time.
    List(ListArguments),
    /// Show all that is known of a trial: settings, figures, attempts, origin, files and curve.
    Show(RunsShowArguments),
    /// Show by what two trials differ: settings, figures, origin, and the photographs that only one gets right.
    Diff(RunsDiffArguments),
    /// Write trials, with where they come from, and their epochs to files that pandas and others read.
    Export(RunsExportArguments),
    /// Tag trials, or take tags off.
    Tag(TagArguments),
    /// Note something of a trial, in place of what was noted before.
    Note(NoteArguments),
    /// Remove trials: out of the database, and their folders to `.trash` in the runs folder. `restore` brings them back;
    /// without that, their sweep trains them again when it is run.
    Remove(RemoveArguments),
    /// Bring removed trials back, with all that was recorded of them.
    Restore(RestoreArguments),
    /// Empty the trash: what `remove` and `doctor` put there is gone for good.
    Gc(GcArguments),
    /// Train a trial again from its record, and say whether it comes out the same to the bit. Nothing is recorded.
    Rerun(RerunArguments),
}

/// Which trials are meant, and in which order.
#[derive(Debug, Args)]
pub(crate) struct SelectionArguments {
    /// Conditions, such as `accuracy>0.8` or `kernel_num=32,64`.
    #[arg(value_name = "CONDITION")]
    pub(crate) conditions: Vec<TrialFilter>,
    /// Only on these datasets.
    #[arg(long, value_name = "DATASET", value_delimiter = ',')]
    pub(crate) dataset: Vec<String>,
    /// Only what these sweeps want.
    #[arg(long, value_name = "SWEEP", value_delimiter = ',')]
    pub(crate) sweep: Vec<String>,
    /// Only of these tasks.
    #[arg(long, value_name = "TASK", value_delimiter = ',')]
    pub(crate) task: Vec<String>,
    /// Only in these states.
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<String>,
    /// Only with one of these tags.
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) tag: Vec<String>,
    /// Sort by these fields, each with `:asc` or `:desc` if it is to be otherwise than best, latest or smallest first
    /// [default: by dataset and sweep, the best first].
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) sort: Vec<SortKey>,
}

/// A field to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortKey(pub(crate) TrialField, pub(crate) Direction);

impl FromStr for SortKey {
    type Err = String;

    fn from_str(text: &str) -> Result<SortKey, String> {
        let (name, word) = match text.split_once(':') {
            Some((name, word)) => (name, Some(word)),
            None => (text, None),
        };
        let field = TrialField::named(name);
        let direction = match word {
            Some("asc") => Direction::Ascending,
            Some("desc") => Direction::Descending,
            Some(other) => {
                return Err(format!(
                    "`{other}` is no direction, expected `asc` or `desc`"
                ));
            }
            None if matches!(name, "accuracy" | "ended") => Direction::Descending,
            None => Direction::Ascending,
        };
        Ok(SortKey(field, direction))
    }
}

/// How many trials are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Every one.
    All,
    /// At most so many.
    AtMost(NonZeroU32),
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Limit, String> {
        match text {
            "all" => Ok(Limit::All),
            _ => text.parse().map(Limit::AtMost).map_err(|_| {
                format!("`{text}` is no number of trials, expected one from 1 on, or `all`")
            }),
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES, after_long_help = format!("{FILTERS}\n\n{LIST_EXAMPLES}"))]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// The fields to show, in this order.
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        conflicts_with = "json"
    )]
    pub(crate) columns: Vec<String>,
    /// Trials on a page, or `all` [default: 50 of a table, all of JSON and CSV].
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<Limit>,
    /// Which page.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) page: NonZeroU64,
    /// Print JSON for programs.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print CSV: all fields, unless `--columns` names some.
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fitroom runs export --to trials.csv
  fitroom runs export --sweep trousers_all --to trials.csv --epochs epochs.csv
  fitroom runs export 'accuracy>0.8' --to trials.json")]
pub(crate) struct RunsExportArguments {
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// The file of trials, by whose ending it becomes CSV (a line for each trial) or JSON (an object for each, with its
    /// attempts and epochs).
    #[arg(
        long,
        value_name = "FILE.csv|FILE.json",
        required_unless_present = "epochs"
    )]
    pub(crate) to: Option<PathBuf>,
    /// A CSV of epochs, a line for each trial and epoch.
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) epochs: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fitroom runs tag k3x3-n64-d256-s0-3fa94c1b --add keep,shown-to-anna
  fitroom runs tag 3fa94c1b 9d02c1aa --remove keep
  fitroom runs list tag=keep")]
pub(crate) struct TagArguments {
    /// Trials: each by its name, or by its id or the start of it.
    #[arg(required = true, value_name = "TRIAL")]
    pub(crate) trials: Vec<String>,
    /// Tags that they get: words without white space and commas.
    #[arg(long, value_name = "TAG", value_delimiter = ',', value_parser = parse_tag, required_unless_present = "remove")]
    pub(crate) add: Vec<String>,
    /// Tags that they lose.
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) remove: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fitroom runs note 3fa94c1b \"too sure of boots; see the mistakes\"
  fitroom runs note 3fa94c1b --clear")]
pub(crate) struct NoteArguments {
    /// The trial: its name, or its id or the start of it.
    pub(crate) trial: String,
    /// What to note.
    #[arg(required_unless_present = "clear", value_parser = parse_note)]
    pub(crate) note: Option<String>,
    /// Forget what was noted.
    #[arg(long, conflicts_with = "note")]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fitroom runs remove k3x3-n64-d256-s0-3fa94c1b
  fitroom runs remove 3fa94c1b 9d02c1aa --force")]
pub(crate) struct RemoveArguments {
    /// Trials: each by its name, or by its id or the start of it.
    #[arg(required = true, value_name = "TRIAL")]
    pub(crate) trials: Vec<String>,
    /// Also the best trial of a task, one that is pinned, and one that several sweeps share.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fitroom runs restore                 lists what is in the trash
  fitroom runs restore 3fa94c1b
  fitroom runs restore --all")]
pub(crate) struct RestoreArguments {
    /// Removed trials: each by its name, or by its id or the start of it. Without any, the trash is listed.
    #[arg(value_name = "TRIAL", conflicts_with = "all")]
    pub(crate) trials: Vec<String>,
    /// All of them.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  fitroom runs gc --dry-run
  fitroom runs gc --older-than 30
  fitroom runs gc --checkpoints")]
pub(crate) struct GcArguments {
    /// Only what has been there for more days than this.
    #[arg(long, value_name = "DAYS")]
    pub(crate) older_than: Option<u32>,
    /// Also the checkpoints of trials that every sweep has given up: another sweep begins those anew.
    #[arg(long)]
    pub(crate) checkpoints: bool,
    /// Say what would go, and delete nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Ends with 0 if weights, predictions and epochs come out the same to the bit, else with 1.

Examples:
  fitroom runs rerun k3x3-n64-d256-s0-3fa94c1b
  fitroom runs rerun runs/catalogue/trousers_all/k3x3-n64-d256-s0-3fa94c1b")]
pub(crate) struct RerunArguments {
    /// The trial: its name, its id or the start of it, or the path of its folder.
    pub(crate) trial: String,
    /// What computes: `cpu`, a GPU such as `cuda:0`, or `auto`: the first GPU if there is one.
    #[arg(long, default_value = "cpu")]
    pub(crate) device: Device,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

impl GcArguments {
    /// How long it must have been there at least.
    pub(crate) fn age(&self) -> Duration {
        Duration::from_secs(u64::from(self.older_than.unwrap_or(0)) * 24 * 3600)
    }
}

/// A note: text, which may have several lines.
fn parse_note(text: &str) -> Result<String, String> {
    let is_of_text = |character: char| !character.is_control() || "\n\t".contains(character);
    match text.chars().all(is_of_text) {
        true => Ok(text.to_owned()),
        false => Err("expected text without control characters".to_owned()),
    }
}

/// A tag: a word.
fn parse_tag(text: &str) -> Result<String, String> {
    let is_of_word =
        |character: char| !character.is_whitespace() && !character.is_control() && character != '"';
    match !text.is_empty() && text.len() <= 100 && text.chars().all(is_of_word) {
        true => Ok(text.to_owned()),
        false => Err("expected a word of at most 100 letters without white space, commas and quotation marks".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_sorted_the_way_that_people_mean() {
        let by = |name: &str, direction| SortKey(TrialField::named(name), direction);
        assert_eq!(
            "accuracy".parse(),
            Ok(by("accuracy", Direction::Descending))
        );
        assert_eq!("loss".parse(), Ok(by("loss", Direction::Ascending)));
        assert_eq!("loss:desc".parse(), Ok(by("loss", Direction::Descending)));
        assert_eq!("ended:asc".parse(), Ok(by("ended", Direction::Ascending)));
        assert!("loss:down".parse::<SortKey>().is_err());
    }

    #[test]
    fn tags_are_words() {
        assert!(parse_tag("shown-to-anna").is_ok());
        for wrong in ["", "two words", "tab\t", "\"quoted\""] {
            assert!(parse_tag(wrong).is_err(), "{wrong}");
        }
    }
}
