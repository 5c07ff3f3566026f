//! Draws a pair of glasses from the front or a little from the side, with its arms behind it.

use super::canvas::{Canvas, Ink, Pose};
use super::chance::Chance;
use super::colour::{BLACK, WHITE};
use super::glasses::{Glasses, LensShape};
use super::outline::{Outline, Point};

/// Draws them, with the middle of the bridge at the origin, in a pose that chance decides.
pub(super) fn draw_glasses(canvas: &mut Canvas, glasses: &Glasses, chance: &mut Chance) {
    let whole = 2.0 * (glasses.width + glasses.rim) + glasses.bridge;
    let turned = chance.happens(0.35);
    let scale = 82.0 / whole * chance.between(0.9, 1.0);
    let mirrored = if chance.happens(0.5) { -1.0 } else { 1.0 };
    let narrow = if turned {
        chance.between(0.74, 0.9)
    } else {
        1.0
    };
    canvas.pose(Pose {
        at: (
            45.0 + if turned {
                -mirrored * 3.0
            } else {
                chance.around(0.0, 1.0)
            },
            58.0 + chance.around(0.0, 3.0),
        ),
        scale: (mirrored * scale * narrow, scale),
        turn: chance.around(0.0, 0.014) - if turned { mirrored * 0.05 } else { 0.0 },
        slant: 0.0,
    });
    draw_shadow(canvas, glasses);
    draw_arms(canvas, glasses, turned, chance);
    for side in [-1.0, 1.0] {
        draw_lens(canvas, glasses, side);
    }
    draw_bridge(canvas, glasses);
}

fn draw_shadow(canvas: &mut Canvas, glasses: &Glasses) {
    let width = 2.0 * glasses.width + glasses.bridge;
    for (size, share) in [(1.0, 0.03), (0.9, 0.03), (0.75, 0.04)] {
        let shadow = Outline::ellipse((0.0, glasses.height * 0.62), width * size, 5.0 * size);
        canvas.fill(shadow, &Ink::Flat(BLACK.at(share)));
    }
}

/// Where the middle of a lens is.
fn centre(glasses: &Glasses, side: f32) -> Point {
    (side * (glasses.bridge + glasses.width) / 2.0, 0.0)
}

/// The outline of a lens; the outer side of the shape is outside.
fn lens(glasses: &Glasses, side: f32) -> Outline {
    let (x, y) = centre(glasses, side);
    // Points that a smooth curve stays within, as shares of half the width (outwards) and half the height.
    let points: &[Point] = match glasses.shape {
        LensShape::Round | LensShape::Oval => {
            return Outline::ellipse((x, y), glasses.width, glasses.height);
        }
        LensShape::Rectangle => &[
            (-1.0, -0.6),
            (-0.9, -1.04),
            (-0.2, -1.04),
            (0.4, -1.04),
            (1.02, -1.04),
            (1.04, -0.4),
            (0.98, 0.8),
            (0.6, 1.04),
            (-0.5, 1.04),
            (-0.94, 0.9),
        ],
        LensShape::Square => &[
            (-1.04, -0.5),
            (-0.96, -1.04),
            (0.0, -1.02),
            (0.98, -1.06),
            (1.06, -0.6),
            (1.02, 0.4),
            (0.8, 1.04),
            (0.1, 1.06),
            (-0.7, 1.04),
            (-1.0, 0.5),
        ],
        LensShape::Aviator => &[
            (-0.98, -0.7),
            (-0.7, -1.04),
            (0.3, -1.02),
            (1.02, -0.98),
            (1.1, -0.2),
            (0.94, 0.86),
            (0.3, 1.16),
            (-0.5, 0.86),
            (-0.96, 0.1),
        ],
        LensShape::CatEye => &[
            (-1.0, -0.2),
            (-0.9, -0.8),
            (-0.1, -0.9),
            (0.8, -1.3),
            (1.24, -1.1),
            (1.02, 0.0),
            (0.7, 1.0),
            (-0.1, 1.1),
            (-0.8, 0.9),
        ],
    };
    let placed: Vec<Point> = points
        .iter()
        .map(|(out, down)| {
            (
                x + side * out * glasses.width / 2.0,
                y + down * glasses.height / 2.0,
            )
        })
        .collect();
    Outline::smooth(&placed)
}

/// The arms behind the lenses: short from the front, one of them long from the side.
fn draw_arms(canvas: &mut Canvas, glasses: &Glasses, turned: bool, chance: &mut Chance) {
    let thickness = (glasses.rim * 1.1).max(1.5);
    let drop = chance.between(2.0, 8.0);
    for side in [-1.0, 1.0] {
        let hinge = (
            side * (glasses.bridge / 2.0 + glasses.width + 0.4),
            -glasses.height * 0.28,
        );
        let (back, up) = match (turned, side > 0.0) {
            (true, true) => (-14.0, 13.0),
            (true, false) => (-10.0, 9.0),
            (false, _) => (-8.0 * chance.between(0.6, 1.2), 4.0),
        };
        let tip = (hinge.0 + side * back, hinge.1 - up);
        let colour = glasses.frame.lighter(0.12);
        canvas.stroke(Outline::from(hinge).line(tip), colour, thickness);
        let end = (tip.0 + side * back * 0.35, tip.1 + drop * 0.5);
        canvas.stroke(Outline::from(tip).line(end), colour, thickness * 0.9);
    }
}

/// One lens in its frame.
fn draw_lens(canvas: &mut Canvas, glasses: &Glasses, side: f32) {
    let half = glasses.height / 2.0;
    let (x, y) = centre(glasses, side);
    let below = glasses.tint.at(glasses.tint.opacity * glasses.tint_below);
    let tint = [(0.0, glasses.tint), (1.0, below)];
    let tint = Ink::Gradient((0.0, -half), (0.0, half), &tint);
    canvas.within(lens(glasses, side), &tint, |canvas| {
        let shine = WHITE.at(glasses.reflection);
        let band = Outline::polygon([
            (x - glasses.width * 0.3, y + half * 1.2),
            (x - glasses.width * 0.12, y + half * 1.2),
            (x + glasses.width * 0.26, y - half * 1.2),
            (x + glasses.width * 0.08, y - half * 1.2),
        ]);
        canvas.fill(band, &Ink::Flat(shine.at(glasses.reflection * 0.5)));
        let sky = [(0.0, shine), (0.5, WHITE.at(0.0))];
        canvas.fill(
            Outline::ellipse((x, y - half * 0.5), glasses.width * 0.9, half),
            &Ink::Gradient((0.0, -half), (0.0, half), &sky),
        );
    });
    if glasses.half_rim {
        canvas.stroke(lens(glasses, side), BLACK.at(0.25), 0.7);
        let (left, right) = (x - glasses.width * 0.6, x + glasses.width * 0.6);
        let upper = Outline::polygon([
            (left, y - half * 1.6),
            (right, y - half * 1.6),
            (right, y - 1.0),
            (left, y - 1.0),
        ]);
        canvas.within(upper, &Ink::Flat(WHITE.at(0.0)), |canvas| {
            canvas.stroke(lens(glasses, side), glasses.frame, glasses.rim);
        });
    } else {
        canvas.stroke(lens(glasses, side), glasses.frame, glasses.rim);
        canvas.stroke(lens(glasses, side), WHITE.at(0.12), glasses.rim * 0.35);
    }
}

/// What joins the lenses, and the hinges at their outer ends.
fn draw_bridge(canvas: &mut Canvas, glasses: &Glasses) {
    let (half, y) = (
        glasses.bridge / 2.0 + glasses.rim * 0.4,
        -glasses.height * 0.16,
    );
    let bridge = Outline::from((-half, y)).curve((0.0, y - 5.0), (half, y));
    canvas.stroke(bridge, glasses.frame, (glasses.rim * 0.9).max(1.3));
    if glasses.shape == LensShape::Aviator {
        let top = -glasses.height * 0.42;
        let bar = Outline::from((-half * 1.4, top)).line((half * 1.4, top));
        canvas.stroke(bar, glasses.frame, 1.3);
    }
    for side in [-1.0, 1.0] {
        let hinge = (
            side * (glasses.bridge / 2.0 + glasses.width),
            -glasses.height * 0.28,
        );
        canvas.fill(Outline::ellipse(hinge, 3.0, 3.4), &Ink::Flat(glasses.frame));
    }
}
