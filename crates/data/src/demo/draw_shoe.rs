//! Draws a shoe from the side, or a pair, pointing left or right.

use super::canvas::{Canvas, Ink, Pose};
use super::chance::Chance;
use super::colour::{BLACK, Colour, WHITE};
use super::outline::{Outline, Point};
use super::shoe::{Cover, Heel, Shoe};

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

/// Points of a shoe: a share of its length from the toe, a height above the ground.
fn at(shoe: &Shoe, share: f32, height: f32) -> Point {
    (share * shoe.length, -height)
}

/// Continues an outline from the heel to the ball of the foot and the toe, along the top of the sole
/// lowered by `lower`.
fn along_sole(shoe: &Shoe, outline: Outline, lower: f32) -> Outline {
    let base = shoe.sole - lower;
    outline
        .curve(
            at(shoe, 0.76, base + shoe.rise * 0.95),
            at(shoe, 0.54, base + shoe.rise * 0.42),
        )
        .curve(at(shoe, 0.42, base), at(shoe, 0.3, base))
        .line(at(shoe, 0.08, base + 0.4))
}

/// The outline of what covers the foot, as if it were closed.
fn upper(shoe: &Shoe) -> Outline {
    let heel = shoe.sole + shoe.rise;
    let throat_base = shoe.sole + shoe.rise * (shoe.throat - 0.3).max(0.0) * 1.8;
    let toe = shoe.sole + shoe.toe;
    let blunt = 1.0 - shoe.pointed;
    let outline = Outline::from(at(shoe, 0.01 - 0.02 * shoe.pointed, shoe.sole + 0.5))
        .curve(
            at(
                shoe,
                -0.03 * blunt,
                shoe.sole + shoe.toe * (0.35 + 0.6 * blunt),
            ),
            at(shoe, 0.1 + 0.06 * shoe.pointed, toe * (0.8 + 0.16 * blunt)),
        )
        .curve(
            at(shoe, 0.22, toe * 1.06),
            at(shoe, shoe.throat, throat_base + shoe.tongue),
        );
    let outline = match shoe.shaft {
        Some(shaft) => outline
            .curve(
                at(shoe, 0.58, heel + shoe.tongue * 1.25),
                at(shoe, 0.57, heel + shaft),
            )
            .line(at(shoe, 0.99, heel + shaft))
            .curve(at(shoe, 0.93, heel + shoe.back), at(shoe, 0.99, heel + 6.0)),
        None => outline
            .curve(
                at(
                    shoe,
                    (shoe.throat + 0.9) / 2.0,
                    (throat_base + heel) / 2.0 + shoe.back.min(shoe.tongue) * 0.26,
                ),
                at(shoe, 0.95, heel + shoe.back),
            )
            .curve(
                at(shoe, 1.02, heel + shoe.back * 0.7),
                at(shoe, 0.98, heel + 3.0),
            ),
    };
    along_sole(shoe, outline.line(at(shoe, 0.985, heel)), 0.0).close()
}

/// The inside of the far wall, seen over the opening, or the footbed of a sandal.
fn draw_far_side(canvas: &mut Canvas, shoe: &Shoe) {
    let heel = shoe.sole + shoe.rise;
    let inside = shoe.lining.unwrap_or(shoe.colour.darker(0.45));
    match (shoe.cover, shoe.shaft) {
        (Cover::Closed, Some(shaft)) => canvas.fill(
            Outline::ellipse(at(shoe, 0.78, heel + shaft), shoe.length * 0.42, 5.0),
            &Ink::Flat(inside),
        ),
        (Cover::Closed, None) => {
            let throat_base = shoe.sole + shoe.rise * (shoe.throat - 0.3).max(0.0) * 1.8;
            let wall = Outline::from(at(shoe, shoe.throat, throat_base + shoe.tongue * 0.97))
                .curve(
                    at(
                        shoe,
                        (shoe.throat + 0.9) / 2.0,
                        (throat_base + heel) / 2.0 + shoe.back * 0.66,
                    ),
                    at(shoe, 0.95, heel + shoe.back),
                )
                .line(at(shoe, 0.9, heel))
                .line(at(shoe, shoe.throat, shoe.sole + 2.0))
                .close();
            canvas.fill(wall, &Ink::Flat(inside));
        }
        _ => {
            let far = Shoe {
                sole: shoe.sole + 2.2,
                ..*shoe
            };
            let bed = along_sole(
                &far,
                Outline::from(at(&far, 0.97, far.sole + far.rise)),
                0.0,
            );
            let bed = bed
                .line(at(shoe, 0.0, shoe.sole))
                .line(at(shoe, 0.98, heel));
            canvas.fill(bed.close(), &Ink::Flat(shoe.sole_colour.lighter(0.25)));
        }
    }
}

/// What stands between the heel and the ground.
fn draw_heel(canvas: &mut Canvas, shoe: &Shoe) {
    let height = shoe.rise + 0.8;
    let colour = match shoe.rise > 6.0 && shoe.heel != Heel::Wedge {
        true => shoe.colour.darker(0.3),
        false => shoe.sole_colour,
    };
    let heel = match shoe.heel {
        Heel::Flat => return draw_flat_heel(canvas, shoe),
        Heel::Block(share) => Outline::polygon([
            at(shoe, 0.985 - share, height * 0.97),
            at(shoe, 0.985, height),
            at(shoe, 0.975, 0.0),
            at(shoe, 0.995 - share, 0.0),
        ]),
        Heel::Pin => Outline::from(at(shoe, 0.8, height * 0.95))
            .line(at(shoe, 0.985, height))
            .curve(at(shoe, 0.955, height * 0.5), at(shoe, 0.95, 0.0))
            .line(at(shoe, 0.905, 0.0))
            .curve(at(shoe, 0.9, height * 0.6), at(shoe, 0.8, height * 0.95))
            .close(),
        Heel::Wedge => along_sole(
            shoe,
            Outline::from(at(shoe, 0.985, height)),
            shoe.sole - 0.8,
        )
        .line(at(shoe, 0.12, 0.0))
        .line(at(shoe, 0.97, 0.0))
        .close(),
    };
    canvas.fill(heel, &Ink::Flat(colour));
}

/// A sole that is only a little thicker at the heel.
fn draw_flat_heel(canvas: &mut Canvas, shoe: &Shoe) {
    let outline = along_sole(
        shoe,
        Outline::from(at(shoe, 0.985, shoe.rise + 0.8)),
        shoe.sole - 0.8,
    );
    let outline = outline.line(at(shoe, 0.1, 0.0)).line(at(shoe, 0.975, 0.0));
    canvas.fill(outline.close(), &Ink::Flat(shoe.sole_colour.darker(0.12)));
}

/// The sole itself, with its tread.
fn draw_sole(canvas: &mut Canvas, shoe: &Shoe) {
    let heel = shoe.sole + shoe.rise;
    let outline = along_sole(shoe, Outline::from(at(shoe, 0.99, heel)), 0.0)
        .line(at(shoe, -0.005, shoe.sole + 0.8))
        .curve(at(shoe, -0.005, 0.2), at(shoe, 0.08, 0.0))
        .line(at(shoe, 0.3, 0.0))
        .curve(at(shoe, 0.42, 0.0), at(shoe, 0.54, shoe.rise * 0.42))
        .curve(at(shoe, 0.76, shoe.rise * 0.95), at(shoe, 0.985, shoe.rise))
        .close();
    canvas.within(outline, &Ink::Flat(shoe.sole_colour), |canvas| {
        let shade = [(0.0, BLACK.at(0.0)), (1.0, BLACK.at(0.25))];
        let everywhere = Outline::polygon([(-5.0, -40.0), (90.0, -40.0), (90.0, 3.0), (-5.0, 3.0)]);
        canvas.fill(everywhere, &Ink::Gradient((0.0, -heel), (0.0, 0.0), &shade));
        if shoe.tread {
            for number in 0..14 {
                let x = 0.04 + number as f32 * 0.068;
                let notch = Outline::from(at(shoe, x, 0.0)).line(at(shoe, x, shoe.sole * 0.45));
                canvas.stroke(notch, BLACK.at(0.55), 1.6);
            }
        }
    });
}

/// The upper: leather, light and all that is on it.
fn draw_upper(canvas: &mut Canvas, shoe: &Shoe, light: f32, chance: &mut Chance) {
    let clear = Ink::Flat(WHITE.at(0.0));
    match shoe.cover {
        Cover::Closed => canvas.within(upper(shoe), &Ink::Flat(shoe.colour), |canvas| {
            draw_leather(canvas, shoe, light, chance);
        }),
        Cover::Mule => canvas.within(upper(shoe), &clear, |canvas| {
            let front = Outline::from(at(shoe, -0.1, 0.0))
                .line(at(shoe, -0.1, 60.0))
                .line(at(shoe, shoe.throat, 60.0))
                .curve(
                    at(shoe, shoe.throat + 0.02, shoe.tongue),
                    at(shoe, 0.62, 0.0),
                )
                .close();
            canvas.within(front, &Ink::Flat(shoe.colour), |canvas| {
                draw_leather(canvas, shoe, light, chance);
            });
        }),
        Cover::Straps(straps, width) => canvas.within(upper(shoe), &clear, |canvas| {
            draw_straps(canvas, shoe, straps, width);
        }),
        Cover::Thong => {
            for (colour, lift) in [(shoe.colour.darker(0.25), 2.5), (shoe.colour, 0.0)] {
                let strap = Outline::from(at(shoe, 0.17, shoe.sole + lift)).curve(
                    at(shoe, 0.34, shoe.sole + shoe.tongue * 1.15 + lift),
                    at(shoe, 0.68, shoe.sole + shoe.rise * 0.8 + lift),
                );
                canvas.stroke(strap, colour, 3.2);
            }
        }
    }
}

/// Straps over the foot, leaning forwards and backwards in turn, and a band around the heel.
fn draw_straps(canvas: &mut Canvas, shoe: &Shoe, straps: u8, width: f32) {
    let band = |share: f32, lean: f32, width: f32| {
        Outline::polygon([
            at(shoe, share, 0.0),
            at(shoe, share + width, 0.0),
            at(shoe, share + width + lean, 50.0),
            at(shoe, share + lean, 50.0),
        ])
    };
    let mut draw = |share: f32, lean: f32, width: f32| {
        let far = Ink::Flat(shoe.colour.darker(0.45));
        canvas.fill(band(share + 0.03, lean * 0.6, width), &far);
        canvas.fill(band(share, lean, width), &Ink::Flat(shoe.colour));
    };
    draw(0.94, -0.05, 0.2);
    for strap in 0..straps {
        let share = 0.1 + 0.5 * f32::from(strap) / f32::from(straps.max(2) - 1);
        let lean = if strap % 2 == 0 { 0.32 } else { -0.1 };
        draw(share, lean, width);
    }
}

/// Light and details on the leather that is being drawn.
fn draw_leather(canvas: &mut Canvas, shoe: &Shoe, light: f32, chance: &mut Chance) {
    let top = shoe.sole + shoe.rise + shoe.shaft.unwrap_or(shoe.tongue);
    let everywhere =
        || Outline::polygon([(-9.0, -115.0), (90.0, -115.0), (90.0, 5.0), (-9.0, 5.0)]);
    let patches = [
        (shoe.cap, everywhere_left_of(shoe, 0.17)),
        (shoe.patch, everywhere_right_of(shoe, 0.87)),
    ];
    for (colour, outline) in patches {
        if let Some(colour) = colour {
            canvas.fill(outline, &Ink::Flat(colour));
        }
    }
    if let Some((stripes, colour)) = shoe.stripes {
        for stripe in 0..stripes {
            let x = 0.5 + 0.075 * f32::from(stripe);
            let width = if stripes == 1 { 5.0 } else { 2.6 };
            let line = Outline::from(at(shoe, x, shoe.sole)).line(at(
                shoe,
                x - 0.1,
                shoe.sole + shoe.tongue,
            ));
            canvas.stroke(line, colour, width);
        }
    }
    let shades = [
        (0.0, WHITE.at(light * 0.55)),
        (0.45, WHITE.at(0.0)),
        (1.0, BLACK.at(light * 1.2)),
    ];
    canvas.fill(
        everywhere(),
        &Ink::Gradient((0.0, -top), (0.0, -shoe.sole), &shades),
    );
    let round = [
        (0.0, BLACK.at(light)),
        (0.2, BLACK.at(0.0)),
        (0.8, BLACK.at(0.0)),
        (1.0, BLACK.at(light)),
    ];
    canvas.fill(
        everywhere(),
        &Ink::Gradient((0.0, 0.0), (shoe.length, 0.0), &round),
    );
    for (size, share) in [(1.0, 0.25), (0.6, 0.5)] {
        let spot = Outline::ellipse(
            at(shoe, 0.17, shoe.sole + shoe.toe * 0.72),
            shoe.length * 0.16 * size,
            shoe.toe * 0.34 * size,
        );
        canvas.fill(spot, &Ink::Flat(WHITE.at(shoe.shine * share)));
    }
    canvas.grain(chance, 5.0, 1);
    draw_seams(canvas, shoe);
    draw_fastening(canvas, shoe);
}

fn everywhere_left_of(shoe: &Shoe, share: f32) -> Outline {
    Outline::from(at(shoe, -0.2, -3.0))
        .line(at(shoe, share + 0.03, -3.0))
        .curve(
            at(shoe, share + 0.05, shoe.toe * 0.7),
            at(shoe, share - 0.05, 60.0),
        )
        .line(at(shoe, -0.2, 60.0))
        .close()
}

fn everywhere_right_of(shoe: &Shoe, share: f32) -> Outline {
    let low = shoe.sole + shoe.rise + shoe.back;
    Outline::polygon([
        at(shoe, share - 0.04, -3.0),
        at(shoe, share + 0.03, low * 0.7),
        at(shoe, share + 0.01, 115.0),
        at(shoe, 1.2, 115.0),
        at(shoe, 1.2, -3.0),
    ])
}

/// Where the pieces of leather meet.
fn draw_seams(canvas: &mut Canvas, shoe: &Shoe) {
    let seam = match shoe.colour.brightness() > 70.0 {
        true => BLACK.at(0.35),
        false => WHITE.at(0.16),
    };
    let heel = shoe.sole + shoe.rise;
    if shoe.throat > 0.33 {
        let quarter = Outline::from(at(shoe, shoe.throat - 0.1, shoe.sole + shoe.tongue * 0.75))
            .curve(
                at(shoe, shoe.throat + 0.04, shoe.sole + 6.0),
                at(shoe, 0.6, heel * 0.7 + 2.0),
            );
        canvas.stroke(quarter, seam, 0.8);
    }
    if let Some(shaft) = shoe.shaft {
        let ankle = Outline::from(at(shoe, 0.52, heel + shoe.tongue * 0.8))
            .curve(at(shoe, 0.72, heel + 9.0), at(shoe, 0.98, heel + shoe.back));
        canvas.stroke(ankle, BLACK.at(0.22), 1.1);
        let rim = Outline::from(at(shoe, 0.5, heel + shaft - 1.4)).line(at(
            shoe,
            1.0,
            heel + shaft - 1.4,
        ));
        let colour = shoe.lining.unwrap_or(shoe.colour.darker(0.35));
        canvas.stroke(rim, colour, if shoe.lining.is_some() { 4.4 } else { 1.6 });
    }
}

/// Laces along the instep; a bow or buckle where the opening begins.
fn draw_fastening(canvas: &mut Canvas, shoe: &Shoe) {
    let throat_base = shoe.sole + shoe.rise * (shoe.throat - 0.3).max(0.0) * 1.8;
    let start: Point = (shoe.throat - 0.17, shoe.sole + shoe.toe * 1.02);
    let mut end: Point = (shoe.throat, throat_base + shoe.tongue - 1.0);
    if let Some(shaft) = shoe.shaft {
        end = (0.585, shoe.sole + shoe.rise + shaft - 4.0);
    }
    if let Some((laces, colour)) = shoe.laces {
        for lace in 0..laces {
            let way = f32::from(lace) / f32::from(laces.max(2) - 1);
            let x = start.0 + (end.0 - start.0) * way;
            let y = start.1 + (end.1 - start.1) * way;
            let lace =
                Outline::from(at(shoe, x - 0.015, y + 2.0)).line(at(shoe, x + 0.085, y - 2.6));
            canvas.stroke(lace, colour, 1.5);
        }
    }
    if let Some(colour) = shoe.bow {
        let (x, y) = at(shoe, shoe.throat - 0.02, throat_base + shoe.tongue - 1.4);
        for side in [-1.0, 1.0] {
            canvas.fill(
                Outline::ellipse((x + side * 2.6, y), 4.6, 3.4),
                &Ink::Flat(colour),
            );
        }
        canvas.fill(
            Outline::ellipse((x, y), 2.0, 2.0),
            &Ink::Flat(Colour::darker(colour, 0.4)),
        );
    }
}
