//! Reports as self-contained HTML pages: everything is in the one file, and nothing is fetched.
//!
//! Reads and writes nothing: the caller gives plain data ([`SweepReport`], [`IndexReport`], [`CheckReport`],
//! [`RoutesReport`]) and gets the text of a page from [`sweep_page`], [`index_page`], [`check_page`] or [`routes_page`].
//! What a sweep's page says, programs get from [`sweep_json`] and [`csv_rows`].
//! [`write_contact_sheet`] writes its page bit by bit, since that has a picture of every photograph.
//! [`ConfusionPicture`] and [`mistakes_picture`] are pictures as PNG, for TensorBoard.

mod analysis;
mod answers;
mod answers_json;
mod check_page;
mod check_report;
mod claims;
mod class_table;
mod columns;
mod configuration;
mod confusion_picture;
mod confusion_table;
mod contact_sheet;
mod contact_sheet_card;
mod cost_axis;
mod cost_plot;
mod difference_section;
mod effects;
mod effects_section;
mod epoch_axis;
mod filter_panel;
mod good_enough;
mod headline;
mod index_page;
mod index_report;
mod leaderboard_csv;
mod leaderboard_table;
mod learning_curves;
mod mistakes_picture;
mod mistakes_section;
mod numbers;
mod page;
mod parallel_coordinates;
mod payload;
mod picture;
mod picture_text;
mod routes_page;
mod routes_plot;
mod routes_report;
mod routes_tables;
mod routes_verdict;
mod search_space;
mod settings;
mod sparkline;
mod study_figures;
mod styled_svg;
mod sweep_json;
mod sweep_page;
mod sweep_report;
mod test_json;
mod test_report;
mod test_section;
mod unranked;
mod verdict;
mod vertical_axis;

pub use check_page::check_page;
pub use check_report::{
    CheckGroup, CheckPairs, CheckPicture, CheckReport, CheckSection, CheckSmallClass,
};
pub use confusion_picture::ConfusionPicture;
pub use contact_sheet::{SheetAbout, SheetCard, SheetColumn, SheetLabel, write_contact_sheet};
pub use good_enough::cheapest_good_enough;
pub use index_page::index_page;
pub use index_report::{IndexDataset, IndexReport, IndexSweep, IndexTask, IndexTest};
pub use leaderboard_csv::{CsvError, CsvRow, csv_rows, leaderboard_csv};
pub use mistakes_picture::{PicturedMistake, mistakes_picture};
pub use picture::{Picture, PictureError};
pub use routes_page::routes_page;
pub use routes_report::{RoutesModel, RoutesReport};
pub use routes_verdict::verdict_sentence;
pub use styled_svg::PlotError;
pub use sweep_json::{SweepJson, sweep_json};
pub use sweep_page::{SweepPageError, sweep_page};
pub use sweep_report::{Photograph, SweepReport, SweepSource, TrialRow, ValidationPicture};
pub use test_report::{Look, SplitAnswers, TestReport};

pub use fitroom_domain::Chosen;
