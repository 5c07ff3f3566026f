//! Draws what a shoe stands on: its sole and its heel.

use super::canvas::{Canvas, Ink};
use super::colour::BLACK;
use super::outline::Outline;
use super::shoe::{Heel, Shoe};

/// Continues an outline from the heel to the ball of the foot and the toe, along the top of the sole
/// lowered by `lower`.
pub(super) fn along_sole(shoe: &Shoe, outline: Outline, lower: f32) -> Outline {
    let base = shoe.sole - lower;
    outline
        .curve(
            shoe.at(0.76, base + shoe.rise * 0.95),
            shoe.at(0.54, base + shoe.rise * 0.42),
        )
        .curve(shoe.at(0.42, base), shoe.at(0.3, base))
        .line(shoe.at(0.08, base + 0.4))
}

/// What stands between the heel and the ground.
pub(super) fn draw_heel(canvas: &mut Canvas, shoe: &Shoe) {
    let height = shoe.rise + 0.8;
    let colour = match shoe.rise > 6.0 && shoe.heel != Heel::Wedge {
        true => shoe.colour.darker(0.3),
        false => shoe.sole_colour,
    };
    let heel = match shoe.heel {
        Heel::Flat => return draw_flat_heel(canvas, shoe),
        Heel::Block(share) => Outline::polygon([
            shoe.at(0.985 - share, height * 0.97),
            shoe.at(0.985, height),
            shoe.at(0.975, 0.0),
            shoe.at(0.995 - share, 0.0),
        ]),
        Heel::Pin => Outline::from(shoe.at(0.8, height * 0.95))
            .line(shoe.at(0.985, height))
            .curve(shoe.at(0.955, height * 0.5), shoe.at(0.95, 0.0))
            .line(shoe.at(0.905, 0.0))
            .curve(shoe.at(0.9, height * 0.6), shoe.at(0.8, height * 0.95))
            .close(),
        Heel::Wedge => along_sole(shoe, Outline::from(shoe.at(0.985, height)), shoe.sole - 0.8)
            .line(shoe.at(0.12, 0.0))
            .line(shoe.at(0.97, 0.0))
            .close(),
    };
    canvas.fill(heel, &Ink::Flat(colour));
}

/// A sole that is only a little thicker at the heel.
fn draw_flat_heel(canvas: &mut Canvas, shoe: &Shoe) {
    let outline = along_sole(
        shoe,
        Outline::from(shoe.at(0.985, shoe.rise + 0.8)),
        shoe.sole - 0.8,
    );
    let outline = outline.line(shoe.at(0.1, 0.0)).line(shoe.at(0.975, 0.0));
    canvas.fill(outline.close(), &Ink::Flat(shoe.sole_colour.darker(0.12)));
}

/// The sole itself, with its tread.
pub(super) fn draw_sole(canvas: &mut Canvas, shoe: &Shoe) {
    let heel = shoe.heel_base();
    let outline = along_sole(shoe, Outline::from(shoe.at(0.99, heel)), 0.0)
        .line(shoe.at(-0.005, shoe.sole + 0.8))
        .curve(shoe.at(-0.005, 0.2), shoe.at(0.08, 0.0))
        .line(shoe.at(0.3, 0.0))
        .curve(shoe.at(0.42, 0.0), shoe.at(0.54, shoe.rise * 0.42))
        .curve(shoe.at(0.76, shoe.rise * 0.95), shoe.at(0.985, shoe.rise))
        .close();
    canvas.within(outline, &Ink::Flat(shoe.sole_colour), |canvas| {
        let shade = [(0.0, BLACK.at(0.0)), (1.0, BLACK.at(0.25))];
        let everywhere = Outline::polygon([(-5.0, -40.0), (90.0, -40.0), (90.0, 3.0), (-5.0, 3.0)]);
        canvas.fill(everywhere, &Ink::Gradient((0.0, -heel), (0.0, 0.0), &shade));
        if shoe.tread {
            for number in 0..14 {
                let x = 0.04 + number as f32 * 0.068;
                let notch = Outline::from(shoe.at(x, 0.0)).line(shoe.at(x, shoe.sole * 0.45));
                canvas.stroke(notch, BLACK.at(0.55), 1.6);
            }
        }
    });
}
