//! Draws a pair of trousers, laid flat or worn by nobody: outline, light, cloth, seams.

use super::canvas::{Canvas, Ink, Pose};
use super::chance::Chance;
use super::colour::{BLACK, Colour, WHITE};
use super::outline::{Outline, Point};
use super::trousers::{Trousers, Weave};

/// Draws them, with the middle of the waist at the origin, in a pose that chance decides.
pub(super) fn draw_trousers(canvas: &mut Canvas, trousers: &Trousers, chance: &mut Chance) {
    let scale = (110.0 / trousers.length).min(1.0);
    canvas.pose(Pose {
        at: (
            chance.around(45.0, 0.9),
            (120.0 - scale * trousers.length) / 2.0 + chance.around(0.0, 0.8),
        ),
        scale: (if chance.happens(0.5) { -scale } else { scale }, scale),
        turn: chance.around(0.0, 0.012),
        slant: chance.around(0.0, 0.012),
    });
    let light = chance.between(0.12, 0.34);
    let folds = chance.between(0.05, 0.22);
    let seam = trousers.colour.darker(0.45).at(0.8);

    for side in [-1.0, 1.0] {
        let colour = trousers.colour;
        canvas.within(leg(trousers, side), &Ink::Flat(colour), |canvas| {
            shade(canvas, trousers, side, light);
            fade(canvas, trousers, side);
            fold(canvas, trousers, side, folds, chance);
            draw_weave(canvas, trousers);
            canvas.grain(chance, trousers.grain, 1);
            canvas.grain(chance, trousers.grain / 2.0, 3);
            sew(canvas, trousers, side, seam);
        });
    }
    finish_waist(canvas, trousers, seam);
}

/// Height of the knee.
fn knee_height(trousers: &Trousers) -> f32 {
    trousers.rise + (trousers.length - trousers.rise) * 0.48
}

/// The nearest point to the middle at the knee.
fn inner_knee(trousers: &Trousers) -> f32 {
    0.4 + trousers.stance * 0.45
}

/// One leg with its half of the hips; `side` is −1 on the left and 1 on the right.
fn leg(trousers: &Trousers, side: f32) -> Outline {
    let (knee, hem) = (knee_height(trousers), trousers.length);
    let inner = inner_knee(trousers);
    let outer_hem = trousers.stance + trousers.hem;
    let at = |x: f32, y: f32| -> Point { (side * x, y) };
    Outline::from(at(0.0, 0.0))
        .line(at(trousers.waist, -0.6))
        .curve(
            at(trousers.hips * 0.97, trousers.rise * 0.22),
            at(trousers.hips, trousers.rise * 0.75),
        )
        .curve(
            at(trousers.hips, trousers.rise * 1.25),
            at(inner + trousers.knee, knee),
        )
        .curve(
            at(inner + trousers.knee * 0.97, (knee + hem) / 2.0),
            at(outer_hem, hem - 0.8),
        )
        .line(at(trousers.stance, hem))
        .curve(at(inner, (knee + hem) / 2.0), at(inner, knee))
        .curve(at(inner * 0.6, trousers.rise * 1.3), at(0.0, trousers.rise))
        .close()
}

/// Light comes from the front: the sides of each leg are darker.
fn shade(canvas: &mut Canvas, trousers: &Trousers, side: f32, light: f32) {
    let dark = BLACK.at(light);
    let clear = BLACK.at(0.0);
    let ink = [
        (0.0, BLACK.at(light * 0.9)),
        (0.25, clear),
        (0.6, clear),
        (1.0, dark),
    ];
    let ink = Ink::Gradient((0.0, 0.0), (side * trousers.hips * 1.02, 0.0), &ink);
    canvas.fill(box_of(trousers, side), &ink);
}

/// Everything on one side.
fn box_of(trousers: &Trousers, side: f32) -> Outline {
    let (right, bottom) = (side * 44.0, trousers.length + 4.0);
    Outline::polygon([(0.0, -4.0), (right, -4.0), (right, bottom), (0.0, bottom)])
}

/// Denim is paler where it is rubbed: on the thighs, less so at the knees.
fn fade(canvas: &mut Canvas, trousers: &Trousers, side: f32) {
    let x = side * (trousers.hips * 0.52);
    let thigh = trousers.rise * 1.15;
    let rings = [(1.0, 0.25), (0.75, 0.3), (0.5, 0.35)];
    for (size, share) in rings {
        let pale = WHITE.at(trousers.fading * share);
        let (width, height) = (trousers.knee * 0.85 * size, trousers.rise * 1.2 * size);
        canvas.fill(
            Outline::ellipse((x, thigh), width, height),
            &Ink::Flat(pale),
        );
        let knee = (
            side * (inner_knee(trousers) + trousers.knee / 2.0),
            knee_height(trousers),
        );
        canvas.fill(
            Outline::ellipse(knee, width * 0.7, height * 0.5),
            &Ink::Flat(pale.at(trousers.fading * share * 0.6)),
        );
    }
}

/// The distance between two ribs or stripes of a cloth.
const RIBS: f32 = 7.2;

/// The pattern of the cloth, darker on pale cloth and paler on dark cloth.
fn draw_weave(canvas: &mut Canvas, trousers: &Trousers) {
    let mut lines = |strength: f32, lean_x: f32, lean_y: f32| {
        let colour = match trousers.colour.brightness() > 110.0 {
            true => BLACK.at(strength * 0.8),
            false => WHITE.at(strength * 0.6),
        };
        for number in -24..24 {
            let shift = number as f32 * RIBS;
            let (x, y) = (shift * lean_y, if lean_y == 0.0 { shift } else { -10.0 });
            let end = (x + 130.0 * lean_x, y + 130.0 * lean_y);
            let start = if lean_y == 0.0 { (-60.0, y) } else { (x, y) };
            canvas.stroke(Outline::from(start).line(end), colour, RIBS * 0.42);
        }
    };
    match trousers.weave {
        Weave::Plain => {}
        Weave::Twill(strength) => lines(strength, -1.0, 1.0),
        Weave::Stripes(strength) => lines(strength, 0.0, 1.0),
        Weave::Checks(strength) => {
            lines(strength * 0.7, 0.0, 1.0);
            lines(strength * 0.7, 1.0, 0.0);
        }
    }
}

/// Folds fan out from the crotch and lie across the knees and above the hem.
fn fold(canvas: &mut Canvas, trousers: &Trousers, side: f32, depth: f32, chance: &mut Chance) {
    for number in 0..5 {
        let y = match number {
            0 | 1 => trousers.rise + chance.between(-3.0, 5.0),
            2 => knee_height(trousers) + chance.between(-6.0, 6.0),
            _ => trousers.length - chance.between(3.0, 14.0),
        };
        let x = side * chance.between(1.0, 5.0);
        let (to_x, to_y) = (
            x + side * chance.between(5.0, 11.0),
            y + chance.around(-1.5, 2.5),
        );
        let over = ((x + to_x) / 2.0, (y + to_y) / 2.0 + chance.around(0.8, 0.8));
        let width = chance.between(0.8, 2.0);
        canvas.stroke(
            Outline::from((x, y)).curve(over, (to_x, to_y)),
            BLACK.at(depth),
            width,
        );
        let lower = |(x, y): Point| (x, y + width);
        canvas.stroke(
            Outline::from(lower((x, y))).curve(lower(over), lower((to_x, to_y))),
            WHITE.at(depth * 0.5),
            width * 0.8,
        );
    }
}

/// Crease, outer seam, hem and pocket of one leg.
fn sew(canvas: &mut Canvas, trousers: &Trousers, side: f32, seam: Colour) {
    let (knee, hem) = (knee_height(trousers), trousers.length);
    if trousers.crease > 0.0 {
        let line = |shift: f32| {
            let knee_x = side * (inner_knee(trousers) + trousers.knee * 0.5) + shift;
            Outline::from((side * trousers.hips * 0.52 + shift, trousers.rise * 0.35))
                .line((knee_x, knee))
                .line((side * (trousers.stance + trousers.hem * 0.5) + shift, hem))
        };
        canvas.stroke(line(-0.6), WHITE.at(trousers.crease * 0.7), 1.0);
        canvas.stroke(line(0.5), BLACK.at(trousers.crease), 1.0);
    }
    let hem_line = |up: f32| {
        Outline::from((side * (trousers.stance - 1.0), hem - up)).line((
            side * (trousers.stance + trousers.hem + 1.0),
            hem - up - 0.8,
        ))
    };
    if let Some(cuff) = trousers.cuffs {
        let inside = trousers.colour.lighter(0.25).at(0.85);
        canvas.stroke(hem_line(cuff / 2.0), inside, cuff);
        canvas.stroke(hem_line(cuff), seam, 0.8);
    }
    canvas.stroke(pocket(trousers, side), seam, 0.9);
    if let Some(thread) = trousers.thread {
        canvas.stitch(pocket(trousers, side), thread, 0.9);
        canvas.stitch(hem_line(2.2), thread, 0.8);
        let outer = Outline::from((side * (trousers.hips - 1.3), trousers.rise * 0.75))
            .curve(
                (side * (trousers.hips - 1.3), trousers.rise * 1.25),
                (side * (inner_knee(trousers) + trousers.knee - 1.3), knee),
            )
            .line((side * (trousers.stance + trousers.hem - 1.3), hem));
        canvas.stitch(outer, thread.at(0.7), 0.7);
    }
}

/// The opening of a front pocket, or a whole back pocket.
fn pocket(trousers: &Trousers, side: f32) -> Outline {
    let waist = trousers.waist;
    if trousers.from_behind {
        let (inner, outer) = (side * waist * 0.22, side * waist * 0.86);
        let (top, bottom) = (trousers.rise * 0.36, trousers.rise * 0.74);
        let middle = (inner + outer) / 2.0;
        return Outline::from((inner, top))
            .line((outer, top - 0.6))
            .line((outer, bottom - 2.0))
            .line((middle, bottom))
            .line((inner, bottom - 2.0))
            .close();
    }
    let start = (side * waist * 0.5, 4.4);
    let end = (side * trousers.hips * 0.98, trousers.rise * 0.42);
    match trousers.curved_pockets {
        true => Outline::from(start).curve((side * waist * 0.55, trousers.rise * 0.42), end),
        false => Outline::from((side * waist * 0.72, 4.4)).line(end),
    }
}

/// Waistband or belt, its loops, the fly and the button.
fn finish_waist(canvas: &mut Canvas, trousers: &Trousers, seam: Colour) {
    let (waist, height) = (trousers.waist, 4.2);
    let band = Outline::polygon([
        (-waist, -0.6),
        (0.0, 0.2),
        (waist, -0.6),
        (waist + 0.8, height - 0.4),
        (0.0, height),
        (-waist - 0.8, height - 0.4),
    ]);
    let colour = trousers.belt.unwrap_or(trousers.colour.darker(0.08));
    canvas.within(band, &Ink::Flat(colour), |canvas| {
        for loop_at in [-0.7, -0.3, 0.3, 0.7] {
            let x = loop_at * waist;
            canvas.stroke(
                Outline::from((x, -1.0)).line((x, height)),
                seam.at(0.6),
                1.2,
            );
        }
    });
    canvas.stroke(
        Outline::from((-waist - 0.8, height)).line((waist + 0.8, height)),
        seam,
        0.7,
    );
    let middle = Outline::from((0.0, height)).line((0.0, trousers.rise));
    canvas.stroke(middle, seam, 0.9);
    if trousers.from_behind {
        return;
    }
    let fly = || {
        Outline::from((3.4, height))
            .line((3.2, trousers.rise * 0.52))
            .curve((2.8, trousers.rise * 0.68), (0.0, trousers.rise * 0.74))
    };
    canvas.stroke(fly(), seam.at(0.5), 0.8);
    if let Some(thread) = trousers.thread {
        canvas.stitch(fly(), thread, 0.8);
    }
    let metal = match trousers.belt {
        Some(_) => Colour::new(0xc9_c4_b4),
        None => trousers.thread.unwrap_or(trousers.colour.lighter(0.25)),
    };
    canvas.fill(
        Outline::ellipse((0.4, height / 2.0), 2.2, 2.2),
        &Ink::Flat(metal),
    );
}
