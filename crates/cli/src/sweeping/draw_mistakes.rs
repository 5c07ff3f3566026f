//! The photographs that the best weights are most sure and wrong about.

use std::collections::HashSet;

use fitroom_domain::most_confident_mistakes;
use fitroom_report::{Picture, PictureError, PicturedMistake, mistakes_picture};
use fitroom_train::Predicted;

use super::tensorboard_sink::Logging;

/// The picture of the most confident mistakes on the validation split, as many as the sweep asks for. A
/// photograph and its mirrored copy are not shown both. `None` if there are none.
pub(super) fn draw_mistakes(
    about: &Logging<'_>,
    predicted: &Predicted,
) -> Result<Option<Picture>, PictureError> {
    let rows = &about.rows.validation;
    let logits = predicted.logits.chunks_exact(predicted.classes.max(1));
    let truths = rows.iter().map(|row| usize::from(row.class));
    let name = |class: usize| about.summary.classes.get(class).map_or("", String::as_str);
    let mut seen = HashSet::new();
    let mistakes: Vec<PicturedMistake<'_>> = (most_confident_mistakes(truths.zip(logits)).iter())
        .map(|mistake| (&rows[mistake.row], mistake))
        .filter(|(row, _)| seen.insert(row.photograph))
        .take(about.sweep.tensorboard.mistakes)
        .map(|(row, mistake)| PicturedMistake {
            pixels: about.dataset.pixels(row.photograph as usize),
            mirrored: row.mirrored,
            truth: name(mistake.truth),
            predicted: name(mistake.predicted),
            confidence: mistake.confidence,
        })
        .collect();
    mistakes_picture(about.dataset.image_size(), &mistakes)
}
