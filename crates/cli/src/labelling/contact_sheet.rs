//! The page of labelled photographs, the doubtful ones first.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;

use fitroom_data::PhotographReader;
use fitroom_report::{SheetAbout, SheetCard, SheetColumn, SheetLabel, write_contact_sheet};

use super::labeller::LabelledPhotograph;
use super::route_models::RouteModels;
use crate::output;
use crate::write_whole::write_whole_with;

/// The most doubtful photographs, as many as the page has room for: memory does not grow with all that there are.
#[derive(Debug)]
pub(crate) struct Doubtful {
    room: usize,
    /// By whether they need no review, by joint probability, and in the order in which they came.
    photographs: BTreeMap<(bool, u64, usize), LabelledPhotograph>,
    came: usize,
}

impl Doubtful {
    /// Room for so many.
    pub(crate) fn new(room: usize) -> Doubtful {
        Doubtful {
            room,
            photographs: BTreeMap::new(),
            came: 0,
        }
    }

    /// Takes a photograph, if it is more doubtful than another or there is room.
    pub(crate) fn add(&mut self, photograph: &LabelledPhotograph, needs_review: bool) {
        // Probabilities are not negative, so their bits are in their order.
        let key = (!needs_review, photograph.joint.to_bits(), self.came);
        self.came += 1;
        let is_full = self.photographs.len() >= self.room;
        let last = self.photographs.last_key_value().map(|(key, _)| *key);
        if is_full && last.is_none_or(|last| key > last) {
            return;
        }
        self.photographs.insert(key, photograph.clone());
        if is_full {
            self.photographs.pop_last();
        }
    }
}

/// What the page says beside its photographs.
pub(crate) struct SheetNotes {
    pub(crate) source: String,
    pub(crate) photographs: u64,
    pub(crate) to_review: u64,
    pub(crate) unreadable: u64,
    pub(crate) notes: Vec<String>,
}

/// Writes the page, under another name until it is complete. Photographs are read again, one after the other.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_sheet(
    path: &Path,
    notes: SheetNotes,
    models: &RouteModels,
    doubtful: Doubtful,
    reader: &mut PhotographReader<'_>,
) -> anyhow::Result<()> {
    let column = |name: &String| SheetColumn {
        name: name.clone(),
        labels: models.labels_of(name),
    };
    let about = SheetAbout {
        source: notes.source,
        generated_at: output::minute(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        columns: models.columns.iter().map(column).collect(),
        photographs: notes.photographs,
        to_review: notes.to_review,
        shown: doubtful.photographs.len() as u64,
        unreadable: notes.unreadable,
        notes: notes.notes,
    };
    let cards = doubtful
        .photographs
        .into_iter()
        .map(|((is_sure, ..), photograph)| {
            // One that has gone by now is shown without its picture.
            let prepared = reader.prepare(&photograph.path, models.size, true);
            let label = |label: Option<(String, f64)>| {
                label.map(|(label, probability)| SheetLabel { label, probability })
            };
            Ok(SheetCard {
                jpeg: prepared
                    .ok()
                    .and_then(|it| it.thumbnail)
                    .unwrap_or_default(),
                path: photograph.path,
                labels: photograph.labels.into_iter().map(label).collect(),
                joint: Some(photograph.joint),
                needs_review: !is_sure,
            })
        });
    write_whole_with(path, |file| {
        let mut buffered = BufWriter::new(file);
        write_contact_sheet(&mut buffered, &about, cards)?;
        buffered.flush()?;
        buffered.get_ref().sync_all()
    })
}
