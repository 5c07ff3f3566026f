//! What a product is drawn on: at the size of the study's photographs, later shrunk.

use tiny_skia::{
    FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, Pixmap,
    Point as SkiaPoint, Shader, SpreadMode, Stroke, StrokeDash, Transform,
};

use super::chance::Chance;
use super::colour::{Colour, WHITE};
use super::outline::{Outline, Point};

/// Columns of pixels.
pub(super) const WIDTH: u32 = 90;

/// Rows of pixels.
pub(super) const HEIGHT: u32 = 120;

/// A white picture with a product on it.
pub(super) struct Canvas {
    pixmap: Pixmap,
    pose: Transform,
    inside: Option<Mask>,
}

/// How a thing stands on the photograph.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// Where the origin of its coordinates is put, in pixels.
    pub(super) at: Point,
    /// How much it is stretched, in both directions. Negative: mirrored.
    pub(super) scale: Point,
    /// The tangent of half the angle by which it is turned, clockwise.
    pub(super) turn: f32,
    /// How far each row is moved to the side for each row that it is lower.
    pub(super) slant: f32,
}

/// What an outline is filled with.
pub(super) enum Ink<'a> {
    /// One colour.
    Flat(Colour),
    /// Colours from one point to another, each at its share of the way.
    Gradient(Point, Point, &'a [(f32, Colour)]),
}

impl Canvas {
    /// A white canvas, or `None` if it does not fit into memory.
    pub(super) fn new() -> Option<Canvas> {
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT)?;
        pixmap.fill(skia_colour(WHITE));
        Some(Canvas {
            pixmap,
            pose: Transform::identity(),
            inside: None,
        })
    }

    /// All that follows is drawn in this pose.
    pub(super) fn pose(&mut self, pose: Pose) {
        // The angle's cosine and sine from its half tangent: without a function that differs between machines.
        let square = pose.turn * pose.turn;
        let (cosine, sine) = (
            (1.0 - square) / (1.0 + square),
            2.0 * pose.turn / (1.0 + square),
        );
        self.pose = Transform::from_row(
            cosine * pose.scale.0,
            sine * pose.scale.0,
            (pose.slant * cosine - sine) * pose.scale.1,
            (pose.slant * sine + cosine) * pose.scale.1,
            pose.at.0,
            pose.at.1,
        );
    }

    /// Fills an outline.
    pub(super) fn fill(&mut self, outline: Outline, ink: &Ink<'_>) {
        if let Some(path) = outline.finish() {
            self.fill_path(&path, ink);
        }
    }

    fn fill_path(&mut self, path: &Path, ink: &Ink<'_>) {
        let paint = paint(ink);
        self.pixmap.fill_path(
            path,
            &paint,
            FillRule::Winding,
            self.pose,
            self.inside.as_ref(),
        );
    }

    /// Draws a line along an outline.
    pub(super) fn stroke(&mut self, outline: Outline, colour: Colour, width: f32) {
        self.stroke_with(outline, colour, width, None);
    }

    /// Draws a line of stitches along an outline.
    pub(super) fn stitch(&mut self, outline: Outline, colour: Colour, width: f32) {
        self.stroke_with(outline, colour, width, StrokeDash::new(vec![2.4, 0.9], 0.0));
    }

    fn stroke_with(
        &mut self,
        outline: Outline,
        colour: Colour,
        width: f32,
        dash: Option<StrokeDash>,
    ) {
        let stroke = Stroke {
            width,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Bevel,
            dash,
            ..Stroke::default()
        };
        if let Some(path) = outline.finish() {
            let paint = paint(&Ink::Flat(colour));
            self.pixmap
                .stroke_path(&path, &paint, &stroke, self.pose, self.inside.as_ref());
        }
    }

    /// Fills an outline and has `draw` add what lies within it: nothing of it gets outside.
    pub(super) fn within(
        &mut self,
        outline: Outline,
        ink: &Ink<'_>,
        draw: impl FnOnce(&mut Canvas),
    ) {
        let (Some(path), Some(new)) = (outline.finish(), Mask::new(WIDTH, HEIGHT)) else {
            return;
        };
        self.fill_path(&path, ink);
        let before = self.inside.clone();
        let mask = self.inside.get_or_insert(new);
        match &before {
            Some(_) => mask.intersect_path(&path, FillRule::Winding, true, self.pose),
            None => mask.fill_path(&path, FillRule::Winding, true, self.pose),
        }
        draw(self);
        self.inside = before;
    }

    /// Makes the pixels within the outline that is being drawn brighter and darker by chance, in specks
    /// of `speck` pixels: the weave of a cloth.
    pub(super) fn grain(&mut self, chance: &mut Chance, deviation: f32, speck: usize) {
        let Some(mask) = &self.inside else {
            return;
        };
        let columns = WIDTH as usize;
        let across = columns.div_ceil(speck);
        let specks: Vec<f32> = (0..across * (HEIGHT as usize).div_ceil(speck))
            .map(|_| chance.around(0.0, deviation))
            .collect();
        let pixels = self.pixmap.data_mut().chunks_exact_mut(4).zip(mask.data());
        for (position, (pixel, covered)) in pixels.enumerate() {
            let (x, y) = (position % columns, position / columns);
            let speck = specks
                .get(y / speck * across + x / speck)
                .copied()
                .unwrap_or(0.0);
            let change = speck * f32::from(*covered) / 255.0;
            for value in pixel.iter_mut().take(3) {
                *value = (f32::from(*value) + change).round().clamp(0.0, 255.0) as u8;
            }
        }
    }

    /// Red, green and blue of each pixel, row by row. The canvas is opaque everywhere.
    pub(super) fn into_pixels(self) -> Vec<[u8; 3]> {
        self.pixmap
            .pixels()
            .iter()
            .map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
            .collect()
    }
}

fn paint<'a>(ink: &Ink<'_>) -> Paint<'a> {
    let shader = match ink {
        Ink::Flat(colour) => Shader::SolidColor(skia_colour(*colour)),
        Ink::Gradient(from, to, colours) => {
            let stops = colours
                .iter()
                .map(|(share, colour)| GradientStop::new(*share, skia_colour(*colour)))
                .collect();
            let point = |(x, y): Point| SkiaPoint::from_xy(x, y);
            let gradient = LinearGradient::new(
                point(*from),
                point(*to),
                stops,
                SpreadMode::Pad,
                Transform::identity(),
            );
            // There is no gradient between two equal points.
            gradient.unwrap_or_else(|| {
                Shader::SolidColor(skia_colour(
                    colours.first().map_or(WHITE, |(_, colour)| *colour),
                ))
            })
        }
    };
    Paint {
        shader,
        anti_alias: true,
        ..Paint::default()
    }
}

fn skia_colour(colour: Colour) -> tiny_skia::Color {
    let byte = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    tiny_skia::Color::from_rgba8(
        byte(colour.red),
        byte(colour.green),
        byte(colour.blue),
        byte(colour.opacity * 255.0),
    )
}
