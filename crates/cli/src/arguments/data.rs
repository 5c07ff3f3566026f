//! The command line of `fitroom data`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use fitroom_data::{Constant, SplitFractions};
use fitroom_domain::ImageSize;

use super::examples;

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Draw the demo: a synthetic catalogue of glasses, shoes and trousers.
    #[command(after_help = examples::DATA_DEMO)]
    Demo(DemoArguments),
    /// Pack photographs and their labels into a dataset.
    #[command(after_help = examples::DATA_IMPORT)]
    Import(ImportArguments),
    /// Look for duplicates, leaks between splits, labels that disagree, small classes and poor pictures.
    /// Ends with 1 when something was found.
    #[command(after_help = examples::DATA_CHECK)]
    Check(CheckArguments),
    /// Pack photographs and codes in NumPy's .npz files, one file for each split, into a dataset.
    #[command(after_help = examples::DATA_IMPORT_NPZ)]
    ImportNpz(ImportNpzArguments),
    /// Print size, classes and counts of a dataset.
    #[command(after_help = examples::DATA_SHOW)]
    Show(ShowArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Folder of the new dataset [default: `demo` in the datasets folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Another seed draws other photographs.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// A zip archive or a folder with photographs (JPEG, PNG, WebP).
    pub(crate) source: PathBuf,
    /// CSV with a column of paths (`image`, `path`, `file`, `filename` or `photograph`), label columns
    /// and, optionally, `split`: a file on disk or, by a unique ending, one in the source. Its paths are
    /// relative to where it lies.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: PathBuf,
    /// Size that every photograph gets, in pixels: it is shrunk to fit, never enlarged.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    pub(crate) size: ImageSize,
    /// Folder of the new dataset, for example `data/catalogue`.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The CSV's column of paths, if it has another name.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) path_column: Option<String>,
    /// The CSV's label columns [default: all others].
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub(crate) columns: Option<Vec<String>>,
    /// Replace a dataset that is there even if photographs had to be skipped.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Make a stratified split of these percentages that keeps near-identical photographs together,
    /// whatever the CSV says [default: as the CSV says, or 80/10/10 if it says nothing].
    #[arg(long, value_name = "TRAIN/VALIDATION/TEST", value_parser = parse_split)]
    pub(crate) split: Option<SplitFractions>,
    /// Seed of the split that is made.
    #[arg(long, default_value_t = 0)]
    pub(crate) split_seed: u64,
    /// Leave out photographs of train that nearly equal one of validation or test.
    #[arg(long)]
    pub(crate) drop_leaks: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// A dataset's name in the datasets folder, or its folder.
    pub(crate) dataset: String,
    /// The page of thumbnails [default: `DATASET/check.html` in the reports folder].
    #[arg(long, value_name = "FILE.html")]
    pub(crate) page: Option<PathBuf>,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("sets or names").required(true).args(["names", "sets"]))]
pub(crate) struct ImportNpzArguments {
    /// Training photographs: `images` (uint8, photographs × height × width × 3) and one-dimensional
    /// arrays of codes, compressed or not.
    #[arg(long, value_name = "FILE", required_unless_present = "sets")]
    pub(crate) train: Option<PathBuf>,
    /// Validation photographs, likewise.
    #[arg(long, value_name = "FILE")]
    pub(crate) validation: Option<PathBuf>,
    /// Test photographs, likewise.
    #[arg(long, value_name = "FILE")]
    pub(crate) test: Option<PathBuf>,
    /// TOML that says which arrays are label columns and what their codes mean; see `sweeps/study`.
    #[arg(long, value_name = "FILE")]
    pub(crate) names: Option<PathBuf>,
    /// The label of all photographs in a column that the files lack; may be repeated.
    #[arg(long, value_name = "COLUMN=LABEL", value_parser = parse_constant)]
    pub(crate) constant: Vec<Constant>,
    /// TOML with several sets of files for one dataset, instead of the options above; see
    /// `sweeps/study/catalogue.toml`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["train", "validation", "test", "names", "constant"])]
    pub(crate) sets: Option<PathBuf>,
    /// Folder of the new dataset, for example `data/shoes`.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// A dataset's name in the datasets folder, or its folder.
    pub(crate) dataset: String,
}

/// `category=shoes`: a column and the label of all photographs there.
fn parse_constant(text: &str) -> Result<Constant, String> {
    let (column, label) = text.split_once('=').ok_or_else(|| {
        format!("`{text}` is no constant, expected a column and a label as in `category=shoes`")
    })?;
    Ok(Constant {
        column: column.trim().to_owned(),
        label: label.trim().to_owned(),
    })
}

/// `60x80`: width, then height.
fn parse_size(text: &str) -> Result<ImageSize, String> {
    let expected = || format!("`{text}` is no size, expected width and height as in `60x80`");
    let (width, height) = text.split_once(['x', '×']).ok_or_else(expected)?;
    let side = |text: &str| match text.parse::<u32>() {
        Ok(side @ 1..) => Ok(side),
        _ => Err(expected()),
    };
    Ok(ImageSize {
        width: side(width)?,
        height: side(height)?,
    })
}

/// `80/10/10`: percentages of train, validation and test.
fn parse_split(text: &str) -> Result<SplitFractions, String> {
    let expected = || {
        format!(
            "`{text}` is no split, expected percentages of train, validation and test that add up to \
             100, as in `80/10/10`"
        )
    };
    let percentages: Vec<f64> = text
        .split('/')
        .map(|part| part.parse().map_err(|_| expected()))
        .collect::<Result<_, _>>()?;
    match percentages[..] {
        [train, validation, test] => {
            SplitFractions::new(train / 100.0, validation / 100.0, test / 100.0)
                .map_err(|error| format!("`{text}` gives {error}"))
        }
        _ => Err(expected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_width_by_height() {
        assert_eq!(
            parse_size("60x80"),
            Ok(ImageSize {
                width: 60,
                height: 80
            })
        );
        for wrong in ["60", "60x", "0x80", "-1x80", "axb", "60x80x3"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn splits_are_percentages_that_add_up() {
        assert_eq!(parse_split("80/10/10"), Ok(SplitFractions::default()));
        assert!(parse_split("66.5/33.5/0").is_ok());
        for wrong in ["80", "80/20", "80/10/20", "0.8/0.1/0.1", "0/50/50", "a/b/c"] {
            assert!(parse_split(wrong).is_err(), "{wrong}");
        }
    }
}
