//! The outline of a thing: straight lines and curves.
//!
//! Curves are quadratic: the library takes cosines to draw cubic ones, and those differ between machines.

use tiny_skia::{Path, PathBuilder};

/// A point: x to the right, y downwards, in the pixels of the canvas before it is posed.
pub(super) type Point = (f32, f32);

/// A path that is being drawn.
pub(super) struct Outline(PathBuilder);

impl Outline {
    /// Starts at a point.
    pub(super) fn from((x, y): Point) -> Outline {
        let mut builder = PathBuilder::new();
        builder.move_to(x, y);
        Outline(builder)
    }

    /// A straight line to a point.
    pub(super) fn line(mut self, (x, y): Point) -> Outline {
        self.0.line_to(x, y);
        self
    }

    /// A curve to the second point that leaves and arrives in the direction of the first.
    pub(super) fn curve(mut self, (over_x, over_y): Point, (x, y): Point) -> Outline {
        self.0.quad_to(over_x, over_y, x, y);
        self
    }

    /// Back to the start.
    pub(super) fn close(mut self) -> Outline {
        self.0.close();
        self
    }

    /// Straight lines through all points and back to the first.
    pub(super) fn polygon<const N: usize>(points: [Point; N]) -> Outline {
        let mut builder = PathBuilder::new();
        for (position, (x, y)) in points.into_iter().enumerate() {
            match position {
                0 => builder.move_to(x, y),
                _ => builder.line_to(x, y),
            }
        }
        builder.close();
        Outline(builder)
    }

    /// A closed smooth curve that is drawn towards each point in turn, and passes the middle between
    /// every two.
    pub(super) fn smooth(points: &[Point]) -> Outline {
        let middle = |a: Point, b: Point| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
        let mut builder = PathBuilder::new();
        if let (Some(first), Some(last)) = (points.first(), points.last()) {
            let start = middle(*last, *first);
            builder.move_to(start.0, start.1);
            for (position, point) in points.iter().enumerate() {
                let next = points.get(position + 1).unwrap_or(first);
                let end = middle(*point, *next);
                builder.quad_to(point.0, point.1, end.0, end.1);
            }
            builder.close();
        }
        Outline(builder)
    }

    /// An ellipse, near enough.
    pub(super) fn ellipse((x, y): Point, width: f32, height: f32) -> Outline {
        // A smooth curve stays inside its points: at the corners of an octagon it is round.
        let (w, h) = (width / 2.0 * 1.04, height / 2.0 * 1.04);
        let near = 0.414;
        Outline::smooth(&[
            (x - w, y - near * h),
            (x - near * w, y - h),
            (x + near * w, y - h),
            (x + w, y - near * h),
            (x + w, y + near * h),
            (x + near * w, y + h),
            (x - near * w, y + h),
            (x - w, y + near * h),
        ])
    }

    /// The path, or `None` if it has no extent.
    pub(super) fn finish(self) -> Option<Path> {
        self.0.finish()
    }
}
