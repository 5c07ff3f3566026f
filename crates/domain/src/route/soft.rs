//! Soft routing: every way through the hierarchy counts by its probability.

use super::{Labels, Route};
use crate::decision::softmax_of;

impl Route {
    /// The labels at the end of the most probable way through the route, and its probability: the product of those of its
    /// answers. A wrong first answer can thus be undone by later ones. The first of equals. `logits` gives those of a
    /// model, one for each of its classes; `None` if some are missing or not finite, if there are too many, or if the
    /// route is empty.
    pub fn most_probable<'a>(
        &self,
        logits: impl Fn(usize) -> Option<&'a [f32]>,
    ) -> Option<(&Labels, f64)> {
        let mut ways: Vec<(Option<&Labels>, Option<usize>, f64)> =
            vec![(None, Some(self.first()?), 1.0)];
        let mut best: Option<(&Labels, f64)> = None;
        // Ways are followed in the order of classes, so that the first of equals is the first to be found.
        while let Some((known, next, probability)) = ways.pop() {
            let Some(place) = next else {
                if best.is_none_or(|(_, highest)| probability > highest) {
                    best = known.map(|known| (known, probability));
                }
                continue;
            };
            let node = self.nodes().get(place)?;
            let logits = logits(node.question)?;
            if logits.len() != node.known.len() {
                return None;
            }
            let classes = node.known.iter().zip(&node.next).enumerate();
            for (class, (known, next)) in classes.rev() {
                let probability = probability * softmax_of(class, logits)?;
                ways.push((Some(known), *next, probability));
            }
        }
        best
    }
}
