//! Running a sweep: where plan, training and the three outputs meet.

mod progress;
mod run;
mod sinks;
mod time;
mod trial_folder;

pub(crate) use progress::Progress;
pub(crate) use run::Sweeping;
pub(crate) use time::now;
pub(crate) use trial_folder::PREDICTIONS;
