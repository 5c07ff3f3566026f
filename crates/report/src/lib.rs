//! Reports as self-contained HTML pages: everything is in the one file, and nothing is fetched.
//!
//! Reads and writes nothing: the caller gives plain data ([`SweepReport`], [`IndexReport`],
//! [`CheckReport`]) and gets the text of a page from [`sweep_page`], [`index_page`] or [`check_page`].
//! [`ConfusionPicture`] and [`mistakes_picture`] are pictures as PNG, for TensorBoard.

mod check_page;
mod check_report;
mod confusion_picture;
mod confusion_table;
mod epoch_axis;
mod headline;
mod index_page;
mod index_report;
mod leaderboard_table;
mod learning_curves;
mod mistakes_picture;
mod numbers;
mod page;
mod picture;
mod picture_text;
mod search_space;
mod seeds_table;
mod settings;
mod sparkline;
mod sweep_page;
mod sweep_report;
mod unranked;
mod vertical_axis;

pub use check_page::check_page;
pub use check_report::{
    CheckGroup, CheckPairs, CheckPicture, CheckReport, CheckSection, CheckSmallClass,
};
pub use confusion_picture::ConfusionPicture;
pub use index_page::index_page;
pub use index_report::{IndexDataset, IndexReport, IndexSweep, IndexTask};
pub use learning_curves::PlotError;
pub use mistakes_picture::{PicturedMistake, mistakes_picture};
pub use picture::{Picture, PictureError};
pub use sweep_page::sweep_page;
pub use sweep_report::{BestTrial, SweepReport, SweepSource, TrialRow};
