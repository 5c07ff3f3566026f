//! Groups of identical and near-identical photographs, with what is known of their pairs.

use std::collections::HashMap;
use std::ops::AddAssign;

use fitroom_domain::Split;
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::near_identical::Candidate;

/// Photographs that are identical or nearly so.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikeGroup {
    /// At least two, in the dataset's order.
    pub members: Vec<AlikeMember>,
    /// Whether they are in more than one split.
    pub across: bool,
    /// Whether all of them have the same pixels.
    pub identical: bool,
}

/// One photograph of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlikeMember {
    /// Its position in the dataset.
    pub photograph: usize,
    /// The photograph of the group that it is most like.
    pub nearest: usize,
    /// By how much of 255 their pixels differ on average; 0 if they are identical.
    pub distance: f64,
    /// Photographs with equal numbers in one group are identical.
    pub picture: usize,
}

/// A number for pairs of photographs within one split, and one for pairs across two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WithinAndAcross {
    /// Both in the same split.
    pub within: u64,
    /// In different splits.
    pub across: u64,
}

/// How many pairs of photographs are alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairCounts {
    /// Pairs with the same pixels.
    pub identical: WithinAndAcross,
    /// Pairs that are nearly identical, but not identical.
    pub near_identical: WithinAndAcross,
}

impl AddAssign for WithinAndAcross {
    fn add_assign(&mut self, other: WithinAndAcross) {
        self.within += other.within;
        self.across += other.across;
    }
}

/// All groups, those across splits first, then the larger, then in the dataset's order.
pub(super) fn alike(dataset: &Dataset) -> (Vec<AlikeGroup>, PairCounts) {
    let mut counts = PairCounts::default();
    let mut groups = Vec::new();
    let compared: Vec<(AlikeGroup, PairCounts)> = dataset
        .duplicates()
        .groups()
        .par_iter()
        .map(|group| compare(dataset, group))
        .collect();
    for (group, pairs) in compared {
        counts.identical += pairs.identical;
        counts.near_identical += pairs.near_identical;
        groups.push(group);
    }
    groups.sort_by_key(|group| (!group.across, std::cmp::Reverse(group.members.len())));
    (groups, counts)
}

/// A picture with all photographs of the group that show it.
struct Picture<'a> {
    candidate: Candidate<'a>,
    photographs: Vec<usize>,
    in_splits: [u64; 3],
}

/// Compares all pictures of a group in pairs.
fn compare(dataset: &Dataset, group: &[usize]) -> (AlikeGroup, PairCounts) {
    let pictures = different_pictures(dataset, group);
    let mut pairs = PairCounts::default();
    for picture in &pictures {
        pairs.identical += pairs_of_one(picture.in_splits);
    }
    // Each picture's nearest other: its place in `pictures`, and the distance.
    let mut nearest: Vec<Option<(usize, f64)>> = vec![None; pictures.len()];
    for (first, picture) in pictures.iter().enumerate() {
        let distances: Vec<(usize, f64)> = pictures[first + 1..]
            .par_iter()
            .enumerate()
            .filter_map(|(offset, other)| {
                let distance = picture.candidate.distance_if_alike(&other.candidate)?;
                Some((first + 1 + offset, distance))
            })
            .collect();
        for (second, distance) in distances {
            pairs.near_identical += pairs_of_two(picture.in_splits, pictures[second].in_splits);
            for (one, other) in [(first, second), (second, first)] {
                if nearest[one].is_none_or(|(_, known)| distance < known) {
                    nearest[one] = Some((other, distance));
                }
            }
        }
    }
    let mut members = Vec::with_capacity(group.len());
    for (number, picture) in pictures.iter().enumerate() {
        for photograph in &picture.photographs {
            let twin = picture.photographs.iter().find(|twin| *twin != photograph);
            let (nearest, distance) = match (twin, nearest[number]) {
                (Some(twin), _) => (*twin, 0.0),
                (None, Some((other, distance))) => (pictures[other].candidate.position, distance),
                (None, None) => continue,
            };
            members.push(AlikeMember {
                photograph: *photograph,
                nearest,
                distance,
                picture: number,
            });
        }
    }
    members.sort_by_key(|member| member.photograph);
    let splits = Split::ALL.map(|split| group.iter().any(|one| split_of(dataset, *one) == split));
    let group = AlikeGroup {
        members,
        across: splits.iter().filter(|is_there| **is_there).count() > 1,
        identical: pictures.len() == 1,
    };
    (group, pairs)
}

/// The pictures of a group, each once.
fn different_pictures<'a>(dataset: &'a Dataset, group: &[usize]) -> Vec<Picture<'a>> {
    let (_, height, width, _) = dataset.images.dim();
    let mut places: HashMap<&[u8], usize> = HashMap::new();
    let mut pictures: Vec<Picture<'a>> = Vec::new();
    for photograph in group {
        let pixels = dataset.pixels(*photograph);
        let place = *places.entry(pixels).or_insert(pictures.len());
        if place == pictures.len() {
            pictures.push(Picture {
                candidate: Candidate::new(*photograph, pixels, height, width),
                photographs: Vec::new(),
                in_splits: [0; 3],
            });
        }
        if let Some(picture) = pictures.get_mut(place) {
            picture.photographs.push(*photograph);
            let split = split_of(dataset, *photograph);
            let counts = Split::ALL.iter().zip(&mut picture.in_splits);
            for (_, count) in counts.filter(|(of, _)| **of == split) {
                *count += 1;
            }
        }
    }
    pictures
}

fn split_of(dataset: &Dataset, photograph: usize) -> Split {
    dataset
        .splits
        .get(photograph)
        .copied()
        .unwrap_or(Split::Train)
}

/// Pairs among photographs of one picture, given how many each split has.
fn pairs_of_one(in_splits: [u64; 3]) -> WithinAndAcross {
    let choose_two = |count: u64| count * count.saturating_sub(1) / 2;
    let within = in_splits.iter().copied().map(choose_two).sum();
    WithinAndAcross {
        within,
        across: choose_two(in_splits.iter().sum()) - within,
    }
}

/// Pairs of a photograph of one picture and one of another.
fn pairs_of_two(first: [u64; 3], second: [u64; 3]) -> WithinAndAcross {
    let within = first
        .iter()
        .zip(second)
        .map(|(first, second)| first * second)
        .sum();
    let all = first.iter().sum::<u64>() * second.iter().sum::<u64>();
    WithinAndAcross {
        within,
        across: all - within,
    }
}
