//! Draws what covers the foot: leather or straps, and all that is on them.

use super::canvas::{Canvas, Ink};
use super::chance::Chance;
use super::colour::{BLACK, WHITE};
use super::draw_shoe_sole::along_sole;
use super::outline::{Outline, Point};
use super::shoe::{Cover, Shoe};

/// The inside of the far wall, seen over the opening, or the footbed of a sandal.
pub(super) fn draw_far_side(canvas: &mut Canvas, shoe: &Shoe) {
    let heel = shoe.heel_base();
    let inside = shoe.lining.unwrap_or(shoe.colour.darker(0.45));
    match (shoe.cover, shoe.shaft) {
        (Cover::Closed, Some(shaft)) => canvas.fill(
            Outline::ellipse(shoe.at(0.78, heel + shaft), shoe.length * 0.42, 5.0),
            &Ink::Flat(inside),
        ),
        (Cover::Closed, None) => {
            let throat_base = shoe.throat_base();
            let wall = Outline::from(shoe.at(shoe.throat, throat_base + shoe.tongue * 0.97))
                .curve(
                    shoe.at(
                        (shoe.throat + 0.9) / 2.0,
                        (throat_base + heel) / 2.0 + shoe.back * 0.66,
                    ),
                    shoe.at(0.95, heel + shoe.back),
                )
                .line(shoe.at(0.9, heel))
                .line(shoe.at(shoe.throat, shoe.sole + 2.0))
                .close();
            canvas.fill(wall, &Ink::Flat(inside));
        }
        _ => {
            let far = Shoe {
                sole: shoe.sole + 2.2,
                ..*shoe
            };
            let bed = along_sole(&far, Outline::from(far.at(0.97, far.heel_base())), 0.0);
            let bed = bed.line(shoe.at(0.0, shoe.sole)).line(shoe.at(0.98, heel));
            canvas.fill(bed.close(), &Ink::Flat(shoe.sole_colour.lighter(0.25)));
        }
    }
}

/// The upper: leather, light and all that is on it.
pub(super) fn draw_upper(canvas: &mut Canvas, shoe: &Shoe, light: f32, chance: &mut Chance) {
    let clear = Ink::Flat(WHITE.at(0.0));
    match shoe.cover {
        Cover::Closed => canvas.within(upper(shoe), &Ink::Flat(shoe.colour), |canvas| {
            draw_leather(canvas, shoe, light, chance);
        }),
        Cover::Mule => canvas.within(upper(shoe), &clear, |canvas| {
            let front = Outline::from(shoe.at(-0.1, 0.0))
                .line(shoe.at(-0.1, 60.0))
                .line(shoe.at(shoe.throat, 60.0))
                .curve(shoe.at(shoe.throat + 0.02, shoe.tongue), shoe.at(0.62, 0.0))
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
                let strap = Outline::from(shoe.at(0.17, shoe.sole + lift)).curve(
                    shoe.at(0.34, shoe.sole + shoe.tongue * 1.15 + lift),
                    shoe.at(0.68, shoe.sole + shoe.rise * 0.8 + lift),
                );
                canvas.stroke(strap, colour, 3.2);
            }
        }
    }
}

/// The outline of what covers the foot, as if it were closed.
fn upper(shoe: &Shoe) -> Outline {
    let heel = shoe.heel_base();
    let throat_base = shoe.throat_base();
    let toe = shoe.sole + shoe.toe;
    let blunt = 1.0 - shoe.pointed;
    let outline = Outline::from(shoe.at(0.01 - 0.02 * shoe.pointed, shoe.sole + 0.5))
        .curve(
            shoe.at(-0.03 * blunt, shoe.sole + shoe.toe * (0.35 + 0.6 * blunt)),
            shoe.at(0.1 + 0.06 * shoe.pointed, toe * (0.8 + 0.16 * blunt)),
        )
        .curve(
            shoe.at(0.22, toe * 1.06),
            shoe.at(shoe.throat, throat_base + shoe.tongue),
        );
    let outline = match shoe.shaft {
        Some(shaft) => outline
            .curve(
                shoe.at(0.58, heel + shoe.tongue * 1.25),
                shoe.at(0.57, heel + shaft),
            )
            .line(shoe.at(0.99, heel + shaft))
            .curve(shoe.at(0.93, heel + shoe.back), shoe.at(0.99, heel + 6.0)),
        None => outline
            .curve(
                shoe.at(
                    (shoe.throat + 0.9) / 2.0,
                    (throat_base + heel) / 2.0 + shoe.back.min(shoe.tongue) * 0.26,
                ),
                shoe.at(0.95, heel + shoe.back),
            )
            .curve(
                shoe.at(1.02, heel + shoe.back * 0.7),
                shoe.at(0.98, heel + 3.0),
            ),
    };
    along_sole(shoe, outline.line(shoe.at(0.985, heel)), 0.0).close()
}

/// Straps over the foot, leaning forwards and backwards in turn, and a band around the heel.
fn draw_straps(canvas: &mut Canvas, shoe: &Shoe, straps: u8, width: f32) {
    let band = |share: f32, lean: f32, width: f32| {
        Outline::polygon([
            shoe.at(share, 0.0),
            shoe.at(share + width, 0.0),
            shoe.at(share + width + lean, 50.0),
            shoe.at(share + lean, 50.0),
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
        (shoe.cap, front_of(shoe, 0.17)),
        (shoe.patch, back_of(shoe, 0.87)),
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
            let line = Outline::from(shoe.at(x, shoe.sole))
                .line(shoe.at(x - 0.1, shoe.sole + shoe.tongue));
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
            shoe.at(0.17, shoe.sole + shoe.toe * 0.72),
            shoe.length * 0.16 * size,
            shoe.toe * 0.34 * size,
        );
        canvas.fill(spot, &Ink::Flat(WHITE.at(shoe.shine * share)));
    }
    canvas.grain(chance, 5.0, 1);
    draw_seams(canvas, shoe);
    draw_fastening(canvas, shoe);
}

/// All of the shoe in front of this share of its length.
fn front_of(shoe: &Shoe, share: f32) -> Outline {
    Outline::from(shoe.at(-0.2, -3.0))
        .line(shoe.at(share + 0.03, -3.0))
        .curve(
            shoe.at(share + 0.05, shoe.toe * 0.7),
            shoe.at(share - 0.05, 60.0),
        )
        .line(shoe.at(-0.2, 60.0))
        .close()
}

/// All of the shoe behind this share of its length.
fn back_of(shoe: &Shoe, share: f32) -> Outline {
    let low = shoe.sole + shoe.rise + shoe.back;
    Outline::polygon([
        shoe.at(share - 0.04, -3.0),
        shoe.at(share + 0.03, low * 0.7),
        shoe.at(share + 0.01, 115.0),
        shoe.at(1.2, 115.0),
        shoe.at(1.2, -3.0),
    ])
}

/// Where the pieces of leather meet.
fn draw_seams(canvas: &mut Canvas, shoe: &Shoe) {
    let seam = match shoe.colour.brightness() > 70.0 {
        true => BLACK.at(0.35),
        false => WHITE.at(0.16),
    };
    let heel = shoe.heel_base();
    if shoe.throat > 0.33 {
        let quarter = Outline::from(shoe.at(shoe.throat - 0.1, shoe.sole + shoe.tongue * 0.75))
            .curve(
                shoe.at(shoe.throat + 0.04, shoe.sole + 6.0),
                shoe.at(0.6, heel * 0.7 + 2.0),
            );
        canvas.stroke(quarter, seam, 0.8);
    }
    if let Some(shaft) = shoe.shaft {
        let ankle = Outline::from(shoe.at(0.52, heel + shoe.tongue * 0.8))
            .curve(shoe.at(0.72, heel + 9.0), shoe.at(0.98, heel + shoe.back));
        canvas.stroke(ankle, BLACK.at(0.22), 1.1);
        let rim =
            Outline::from(shoe.at(0.5, heel + shaft - 1.4)).line(shoe.at(1.0, heel + shaft - 1.4));
        let colour = shoe.lining.unwrap_or(shoe.colour.darker(0.35));
        canvas.stroke(rim, colour, if shoe.lining.is_some() { 4.4 } else { 1.6 });
    }
}

/// Laces along the instep; a bow or buckle where the opening begins.
fn draw_fastening(canvas: &mut Canvas, shoe: &Shoe) {
    let throat_base = shoe.throat_base();
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
            let lace = Outline::from(shoe.at(x - 0.015, y + 2.0)).line(shoe.at(x + 0.085, y - 2.6));
            canvas.stroke(lace, colour, 1.5);
        }
    }
    if let Some(colour) = shoe.bow {
        let (x, y) = shoe.at(shoe.throat - 0.02, throat_base + shoe.tongue - 1.4);
        for side in [-1.0, 1.0] {
            canvas.fill(
                Outline::ellipse((x + side * 2.6, y), 4.6, 3.4),
                &Ink::Flat(colour),
            );
        }
        canvas.fill(
            Outline::ellipse((x, y), 2.0, 2.0),
            &Ink::Flat(colour.darker(0.4)),
        );
    }
}
