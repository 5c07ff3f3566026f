//! What a tag and its folder say that a series is: the loss or the accuracy, of train or of validation.

use fitroom_domain::Split;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Measure {
    /// The cross-entropy alone.
    CrossEntropy,
    /// The loss, penalties perhaps included.
    Loss,
    /// The share of right answers.
    Accuracy,
}

/// A series that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SeriesKind {
    /// What it measures.
    pub(crate) measure: Measure,
    /// On what; `None` where nobody says.
    pub(crate) split: Option<Split>,
}

const TRAIN: [&str; 3] = ["train", "training", "trn"];
const VALIDATION: [&str; 6] = ["validation", "val", "valid", "eval", "evaluation", "dev"];
/// Folders of a trial that have no series of ours, and splits that selection must not see.
const OTHERS: [&str; 5] = ["cm", "test", "testing", "images", "plugins"];
const LOSS: [&str; 3] = ["loss", "nll", "cost"];
const ACCURACY: [&str; 3] = ["accuracy", "acc", "top1"];
/// Of a step, not of an epoch, or of another kind.
const NOT_OURS: [&str; 6] = [
    "batch",
    "iteration",
    "iterations",
    "step",
    "steps",
    "balanced",
];
/// Of a whole training, not of an epoch.
const OF_ALL: [&str; 3] = ["best", "final", "hparam"];

/// The part of a trial that a folder of this name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A split's series.
    Of(Split),
    /// Nothing that counts.
    Other,
}

/// What a folder's name says, if it is no trial's name: `validation`, or `Loss_train`, as PyTorch's `add_scalars`
/// makes them.
pub(crate) fn part(folder: &str) -> Option<Part> {
    let words = words(folder);
    let is_one = words.len() == 1;
    let of_measure = has(&words, &LOSS) || has(&words, &ACCURACY);
    let split = split(&words).map(Part::Of);
    let other = has(&words, &OTHERS).then_some(Part::Other);
    split.or(other).filter(|_| is_one || of_measure)
}

/// What a tag's series is in a folder whose name says `part`.
pub(crate) fn kind(tag: &str, part: Option<Part>) -> Option<SeriesKind> {
    let words = words(tag);
    if is_other(&words) || has(&words, &OF_ALL) || part == Some(Part::Other) {
        return None;
    }
    let is_cross_entropy = has(&words, &["crossentropy", "xent"])
        || words.windows(2).any(|pair| pair == ["cross", "entropy"]);
    let measure = match () {
        () if has(&words, &ACCURACY) => Measure::Accuracy,
        () if is_cross_entropy => Measure::CrossEntropy,
        () if has(&words, &LOSS) => Measure::Loss,
        () => return None,
    };
    let of_folder = match part {
        Some(Part::Of(split)) => Some(split),
        _ => None,
    };
    Some(SeriesKind {
        measure,
        split: split(&words).or(of_folder),
    })
}

/// Whether a scalar under this tag may be the accuracy of a whole training, on validation.
pub(crate) fn is_accuracy(tag: &str) -> bool {
    let words = words(tag);
    has(&words, &ACCURACY) && !is_other(&words) && split(&words) != Some(Split::Train)
}

/// Whether a scalar under this tag may be the loss of a whole training, on validation.
pub(crate) fn is_loss(tag: &str) -> bool {
    let words = words(tag);
    has(&words, &LOSS) && !is_other(&words) && split(&words) != Some(Split::Train)
}

/// Whether a tag says that it is of validation.
pub(crate) fn says_validation(tag: &str) -> bool {
    split(&words(tag)) == Some(Split::Validation)
}

/// Whether a tag names another split than the part that its folder is called by: then that is a trial's name.
pub(crate) fn contradicts(tag: &str, part: Part) -> bool {
    let named = kind(tag, None).and_then(|kind| kind.split);
    named.is_some_and(|split| part != Part::Of(split))
}

/// Whether a tag speaks of accuracy, on whatever.
pub(crate) fn is_any_accuracy(tag: &str) -> bool {
    has(&words(tag), &ACCURACY)
}

/// Whether it is no figure of ours: of a step, of the test split, or another kind such as the best of five.
fn is_other(words: &[String]) -> bool {
    let of_several = |word: &String| word.starts_with("top") && word != "top1";
    let top_of = words
        .windows(2)
        .any(|pair| pair[0] == "top" && pair[1] == "1");
    let is_top = words.iter().any(of_several) && !top_of;
    is_top || has(words, &NOT_OURS) || has(words, &OTHERS)
}

fn split(words: &[String]) -> Option<Split> {
    match (has(words, &TRAIN), has(words, &VALIDATION)) {
        (true, false) => Some(Split::Train),
        (false, true) => Some(Split::Validation),
        _ => None,
    }
}

fn has(words: &[String], known: &[&str]) -> bool {
    words.iter().any(|word| known.contains(&word.as_str()))
}

/// The words of a name in small letters: `epoch_loss`, `Loss/train` and `trainLoss` have two each.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for character in name.chars() {
        let begins = was_small && character.is_uppercase();
        was_small = character.is_lowercase();
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_every_writer_are_known() {
        let (train, validation) = (Some(Split::Train), Some(Split::Validation));
        for (tag, part, measure, split) in [
            (
                "epoch_loss",
                Some(Part::Of(Split::Train)),
                Measure::Loss,
                train,
            ),
            (
                "epoch_accuracy",
                Some(Part::Of(Split::Validation)),
                Measure::Accuracy,
                validation,
            ),
            (
                "epoch_sparse_categorical_crossentropy",
                Some(Part::Of(Split::Validation)),
                Measure::CrossEntropy,
                validation,
            ),
            (
                "epoch_sparse_categorical_accuracy",
                None,
                Measure::Accuracy,
                None,
            ),
            ("val_acc", None, Measure::Accuracy, validation),
            ("Loss/train", None, Measure::Loss, train),
            ("valLoss", None, Measure::Loss, validation),
            ("accuracy/validation", None, Measure::Accuracy, validation),
            ("Loss", Some(Part::Of(Split::Train)), Measure::Loss, train),
            ("train/cross_entropy", None, Measure::CrossEntropy, train),
        ] {
            assert_eq!(
                kind(tag, part),
                Some(SeriesKind { measure, split }),
                "{tag}"
            );
        }
        for tag in [
            "batch_loss",
            "Accuracy/test",
            "learning_rate",
            "top5_accuracy",
            "top_k_categorical_accuracy",
            "val_acc_step",
            "glossy",
            "",
            "🦀",
        ] {
            assert_eq!(kind(tag, None), None, "{tag}");
        }
        for (tag, expected) in [
            ("accuracy", true),
            ("best/accuracy", true),
            ("hparam/val_acc", true),
            ("accuracy/train", false),
            ("hparam/acc_top_5", false),
            ("hparam/balanced_accuracy", false),
            ("val_acc_step", false),
            ("top_1_accuracy", true),
            ("hparam/loss", false),
        ] {
            assert_eq!(is_accuracy(tag), expected, "{tag}");
        }
        assert_eq!(kind("epoch_accuracy", Some(Part::Other)), None);
    }

    #[test]
    fn a_folder_whose_tags_name_another_split_is_no_part() {
        let validation = Part::Of(Split::Validation);
        assert!(contradicts("loss/train", validation) && contradicts("val_loss", Part::Other));
        assert!(!contradicts("evaluation_loss_vs_iterations", validation));
        assert!(!contradicts("epoch_loss", validation));
    }

    #[test]
    fn only_folders_that_name_a_part_are_parts_of_a_trial() {
        for (folder, expected) in [
            ("train", Some(Part::Of(Split::Train))),
            ("Validation", Some(Part::Of(Split::Validation))),
            ("eval", Some(Part::Of(Split::Validation))),
            ("Loss_train", Some(Part::Of(Split::Train))),
            ("cm", Some(Part::Other)),
            ("run-1", None),
            ("train-2021-03", None),
            ("k3-validation-split-2", None),
            ("", None),
        ] {
            assert_eq!(part(folder), expected, "{folder}");
        }
    }
}
