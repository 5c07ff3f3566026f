//! Draws a shoe from the side, or a pair, pointing left or right.

use super::canvas::{Canvas, Ink, Pose};
use super::chance::Chance;
use super::colour::BLACK;
use super::draw_shoe_sole::{draw_heel, draw_sole};
use super::draw_shoe_upper::{draw_far_side, draw_upper};
use super::outline::Outline;
use super::shoe::Shoe;

/// Photographs that show the other shoe behind it.
const PAIRS: f32 = 0.3;

/// Draws it, with its toe above the origin, which is on the ground, in a pose that chance decides.
pub(super) fn draw_shoe(canvas: &mut Canvas, shoe: &Shoe, chance: &mut Chance) {
    let top = shoe.shaft.unwrap_or(shoe.back.max(shoe.tongue)) + shoe.sole + shoe.rise;
    let pair = chance.happens(PAIRS);
    let scale = chance.between(0.97, 1.12) * if pair { 0.92 } else { 1.0 };
    let direction = if chance.happens(0.5) { -1.0 } else { 1.0 };
    let ground = 60.0 + scale * top / 2.0 + chance.around(0.0, 2.5);
    let start = 45.0 - direction * scale * shoe.length / 2.0 + chance.around(0.0, 1.2);
    let pose = |aside: f32, up: f32| Pose {
        at: (start + direction * aside, ground - up),
        scale: (direction * scale, scale),
        turn: 0.0,
        slant: 0.0,
    };
    let light = chance.between(0.1, 0.3);
    if pair {
        canvas.pose(pose(6.5, 7.0));
        draw_one(canvas, shoe, light, chance);
    }
    let mut front = pose(if pair { -4.0 } else { 0.0 }, if pair { -3.0 } else { 0.0 });
    front.turn = chance.around(0.0, 0.02);
    canvas.pose(front);
    draw_one(canvas, shoe, light, chance);
}

fn draw_one(canvas: &mut Canvas, shoe: &Shoe, light: f32, chance: &mut Chance) {
    draw_shadow(canvas, shoe);
    draw_far_side(canvas, shoe);
    draw_heel(canvas, shoe);
    draw_upper(canvas, shoe, light, chance);
    draw_sole(canvas, shoe);
}

/// The soft shadow on the ground.
fn draw_shadow(canvas: &mut Canvas, shoe: &Shoe) {
    for (size, share) in [(1.06, 0.035), (0.98, 0.05), (0.88, 0.07)] {
        let shadow = Outline::ellipse((shoe.length * 0.5, 0.0), shoe.length * size, 5.0 * size);
        canvas.fill(shadow, &Ink::Flat(BLACK.at(share)));
    }
}
