//! The photographs that reports show: where their dataset lies, and which of them a page has room for.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, anyhow};
use fitroom_data::{Dataset, small_thumbnail};
use fitroom_domain::{DatasetKey, Fingerprint, Split, highest_logit};
use fitroom_report::{Photograph, ValidationPicture};

use crate::choose_dataset;

/// Bytes of JPEG files, and of what else depends on the number of photographs, on one page; as text, JPEG files take a
/// third more.
const MOST_BYTES: usize = 2_400_000;

/// Bytes of a photograph's path and classes on the page, beside one for each trial's answer.
const BYTES_OF_PHOTOGRAPH: usize = 80;

/// The photographs of a dataset's validation split, by their position.
type Photographs = BTreeMap<u32, Photograph>;

/// The datasets in a folder, each of which is loaded once, if it is needed.
#[derive(Debug)]
pub(super) struct PhotographShelf {
    datasets: PathBuf,
    /// What is there, once somebody has looked: fingerprint and folder of each dataset.
    found: Option<Vec<(Fingerprint, PathBuf)>>,
    /// The photographs of those that were loaded, or why they cannot be.
    loaded: HashMap<Fingerprint, Result<Rc<Photographs>, String>>,
}

impl PhotographShelf {
    /// The datasets in this folder.
    pub(super) fn new(datasets: &Path) -> PhotographShelf {
        PhotographShelf {
            datasets: datasets.to_owned(),
            found: None,
            loaded: HashMap::new(),
        }
    }

    /// Looks again which datasets there are when somebody asks next.
    pub(super) fn look_again(&mut self) {
        self.found = None;
        // What could not be loaded may have been in the middle of being written.
        self.loaded.retain(|_, photographs| photographs.is_ok());
    }

    /// The folder of a dataset with the same content: of the same name, if there is one.
    pub(super) fn folder(&mut self, dataset: &DatasetKey) -> Option<PathBuf> {
        let found = self
            .found
            .get_or_insert_with(|| choose_dataset::fingerprints(&self.datasets));
        let same = || found.iter().filter(|found| found.0 == dataset.fingerprint);
        let named = same().find(|(_, folder)| folder.ends_with(&dataset.name));
        let (_, folder) = named.or_else(|| same().next())?;
        Some(folder.clone())
    }

    /// The validation photographs of the dataset in `folder`, each with its JPEG file.
    ///
    /// # Errors
    /// In words, when the dataset cannot be loaded, or is another one by now. It is not tried again before somebody looks
    /// again.
    pub(super) fn photographs(
        &mut self,
        folder: &Path,
        fingerprint: &Fingerprint,
    ) -> Result<Rc<Photographs>, String> {
        let load = || match load(folder, fingerprint) {
            Ok(photographs) => Ok(Rc::new(photographs)),
            Err(error) => Err(format!("{error:#}")),
        };
        let entry = self.loaded.entry(fingerprint.clone());
        entry.or_insert_with(load).clone()
    }
}

fn load(folder: &Path, fingerprint: &Fingerprint) -> anyhow::Result<Photographs> {
    let dataset = Dataset::load(folder)?;
    let found = dataset.key().fingerprint;
    if found != *fingerprint {
        let folder = folder.display();
        return Err(anyhow!(
            "`{folder}` has become the dataset {found}, expected {fingerprint}"
        ));
    }
    let mut photographs = BTreeMap::new();
    for (position, split) in dataset.splits.iter().enumerate() {
        let (Split::Validation, Some(path)) = (split, dataset.photographs.get(position)) else {
            continue;
        };
        let jpeg = small_thumbnail(&dataset, position)
            .with_context(|| format!("failed to draw the photograph `{path}`"))?;
        let photograph = Photograph {
            path: path.clone(),
            jpeg: Some(jpeg),
        };
        photographs.insert(u32::try_from(position)?, photograph);
    }
    Ok(photographs)
}

/// The photographs of these pictures. Those that most trials get wrong have their JPEG files, as many as there is
/// room for.
pub(super) fn of_pictures<'a>(
    known: &Photographs,
    pictures: &[ValidationPicture],
    logits: impl Iterator<Item = &'a [f32]> + Clone,
    classes: usize,
) -> Photographs {
    let of_photograph = BYTES_OF_PHOTOGRAPH + logits.clone().count();
    let order = most_often_wrong_first(pictures, logits, classes);
    let taken = order.len().saturating_mul(of_photograph);
    within(MOST_BYTES.saturating_sub(taken) * 3 / 4, known, order)
}

/// The distinct photographs of the pictures, those first that most trials get wrong, then by position.
fn most_often_wrong_first<'a>(
    pictures: &[ValidationPicture],
    logits: impl Iterator<Item = &'a [f32]>,
    classes: usize,
) -> Vec<u32> {
    let mut wrong: BTreeMap<u32, usize> = pictures.iter().map(|it| (it.photograph, 0)).collect();
    for logits in logits {
        for (picture, logits) in pictures.iter().zip(logits.chunks_exact(classes.max(1))) {
            if highest_logit(logits.iter().copied()) != picture.class {
                *wrong.entry(picture.photograph).or_default() += 1;
            }
        }
    }
    let mut order: Vec<(u32, usize)> = wrong.into_iter().collect();
    order.sort_by_key(|(photograph, wrong)| (std::cmp::Reverse(*wrong), *photograph));
    order
        .into_iter()
        .map(|(photograph, _)| photograph)
        .collect()
}

/// The photographs in this order; once the JPEG files together would take more than `bytes`, the rest have none.
fn within(bytes: usize, known: &Photographs, order: Vec<u32>) -> Photographs {
    let mut room = Some(bytes);
    let mut photographs = BTreeMap::new();
    for position in order {
        let Some(Photograph { path, jpeg }) = known.get(&position) else {
            continue;
        };
        let size = jpeg.as_ref().map_or(0, Vec::len);
        room = room.and_then(|room| room.checked_sub(size));
        let photograph = Photograph {
            path: path.clone(),
            jpeg: jpeg.clone().filter(|_| room.is_some()),
        };
        photographs.insert(position, photograph);
    }
    photographs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(photograph: u32, mirrored: bool, class: usize) -> ValidationPicture {
        ValidationPicture {
            photograph,
            mirrored,
            class,
        }
    }

    #[test]
    fn what_most_trials_get_wrong_comes_first_and_mirrored_copies_count() {
        let pictures = [
            picture(5, false, 0),
            picture(5, true, 0),
            picture(2, false, 1),
            picture(9, false, 1),
            picture(3, false, 0),
        ];
        // Which class each trial takes each picture for.
        let trials = [[0, 1, 1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 1, 1, 0]].map(|classes| {
            let logits = classes.map(|class| if class == 0 { [1.0, 0.5] } else { [0.0, 0.5] });
            logits.concat()
        });
        let logits = trials.iter().map(Vec::as_slice);
        assert_eq!(most_often_wrong_first(&pictures, logits, 2), [5, 9, 2, 3]);
        assert_eq!(
            most_often_wrong_first(&pictures, std::iter::empty(), 2),
            [2, 3, 5, 9]
        );
    }

    #[test]
    fn a_page_has_as_many_jpeg_files_as_it_has_room_for() {
        let known: Photographs = (0..6)
            .map(|position| {
                let photograph = Photograph {
                    path: format!("{position}.jpg"),
                    jpeg: Some(vec![0; [10, 30, 20, 40, 5, 5][position as usize]]),
                };
                (position, photograph)
            })
            .collect();
        let shown = |bytes| -> Vec<u32> {
            let photographs = within(bytes, &known, vec![2, 0, 3, 4, 1, 77]);
            assert_eq!(
                photographs.len(),
                5,
                "unknown ones are left out, all others have a path"
            );
            assert_eq!(photographs[&3].path, "3.jpg");
            let with_file = photographs.iter().filter(|(_, it)| it.jpeg.is_some());
            with_file.map(|(position, _)| *position).collect()
        };
        assert_eq!(shown(0), [0; 0]);
        assert_eq!(shown(29), [2]);
        assert_eq!(shown(30), [0, 2]);
        // The fourth would fit, but the third does not.
        assert_eq!(shown(69), [0, 2]);
        assert_eq!(shown(70), [0, 2, 3]);
        assert_eq!(shown(105), [0, 1, 2, 3, 4]);
    }
}
