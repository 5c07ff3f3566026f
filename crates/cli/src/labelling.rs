//! Labelling new photographs with the models that were kept.

mod contact_sheet;
mod labeller;
mod labels_file;
mod reviewing;
mod route_models;

pub(crate) use contact_sheet::{Doubtful, SheetNotes, write_sheet};
pub(crate) use labeller::{Labeller, Outcome};
pub(crate) use labels_file::{LabelsFile, is_labels_file};
pub(crate) use reviewing::Reviewing;
pub(crate) use route_models::RouteModels;
