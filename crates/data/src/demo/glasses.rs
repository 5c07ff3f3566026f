//! How glasses and sunglasses differ: in how dark their lenses mostly are, and in shape and size.

use super::chance::Chance;
use super::colour::Colour;
use super::taxonomy::GlassesType;

/// The shape of a lens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LensShape {
    Round,
    Oval,
    Rectangle,
    Square,
    /// Like a drop.
    Aviator,
    /// Drawn up at the outer corner.
    CatEye,
}

/// A pair of glasses from the front. Lengths are in pixels of the canvas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glasses {
    /// The shape of both lenses.
    pub(super) shape: LensShape,
    /// The width of a lens.
    pub(super) width: f32,
    /// The height of a lens.
    pub(super) height: f32,
    /// The distance between the lenses.
    pub(super) bridge: f32,
    /// The thickness of the frame.
    pub(super) rim: f32,
    /// Only the upper half of the lenses has a frame.
    pub(super) half_rim: bool,
    /// The frame.
    pub(super) frame: Colour,
    /// The lenses at their upper edge; how much they cover tells how dark they are.
    pub(super) tint: Colour,
    /// How much of the tint is left at the lower edge, from 0 to 1.
    pub(super) tint_below: f32,
    /// How strongly something bright is reflected, from 0 to 1.
    pub(super) reflection: f32,
}

impl Glasses {
    /// A pair of this type.
    pub(super) fn of(kind: GlassesType, chance: &mut Chance) -> Glasses {
        use LensShape::{Aviator, CatEye, Oval, Rectangle, Round, Square};
        let sun = kind == GlassesType::Sunglasses;
        let shape = match sun {
            true => chance.weighted([
                (0.16, Round),
                (0.08, Oval),
                (0.16, Rectangle),
                (0.22, Square),
                (0.22, Aviator),
                (0.16, CatEye),
            ]),
            false => chance.weighted([
                (0.18, Round),
                (0.16, Oval),
                (0.34, Rectangle),
                (0.16, Square),
                (0.06, Aviator),
                (0.1, CatEye),
            ]),
        };
        let flat = match shape {
            Round => 0.95,
            Oval => 0.68,
            Rectangle => 0.58,
            Square => 0.8,
            Aviator => 0.9,
            CatEye => 0.72,
        };
        let width = chance.around(if sun { 32.5 } else { 30.5 }, 1.8);
        let (tint, tint_below) = lenses(sun, chance);
        Glasses {
            shape,
            width,
            height: width * flat * chance.around(if sun { 1.04 } else { 0.98 }, 0.06),
            bridge: chance.around(8.5, 1.2),
            rim: chance.weighted([(0.4, 1.3), (0.35, 2.4), (0.25, 3.8)]) * chance.around(1.0, 0.1),
            half_rim: chance.happens(if sun { 0.07 } else { 0.15 }),
            frame: frame(chance),
            tint,
            tint_below,
            reflection: chance.between(0.0, if sun { 0.5 } else { 0.35 }),
        }
    }
}

fn frame(chance: &mut Chance) -> Colour {
    let black = Colour::new(0x1e_1e_20);
    let colour = chance.weighted([
        (0.38, black),
        (0.2, Colour::new(0x5c_38_1e)),
        (0.14, Colour::new(0xb8_9a_58)),
        (0.12, Colour::new(0x9a_9c_a0)),
        (0.06, Colour::new(0x8c_24_30)),
        (0.06, Colour::new(0x24_3c_70)),
        (0.04, Colour::new(0xb8_a8_98)),
    ]);
    colour.varied(chance, 12.0)
}

/// The tint, and how much of it is left below: mostly dark for the sun and clear for reading, but there are
/// pale summer lenses, and coatings that mirror the photographer's lamps.
fn lenses(sun: bool, chance: &mut Chance) -> (Colour, f32) {
    let smoke = Colour::new(0x2a_2c_30);
    let brown = Colour::new(0x5a_3a_22);
    let blue = Colour::new(0x4a_78_b8);
    match sun {
        true => {
            let tint = chance.weighted([
                (0.5, smoke),
                (0.26, brown),
                (0.12, blue),
                (0.06, Colour::new(0x4c_66_48)),
                (0.06, Colour::new(0xb0_60_70)),
            ]);
            let pale = chance.happens(0.16);
            let opacity = match pale {
                true => chance.between(0.1, 0.4),
                false => chance.between(0.5, 0.97),
            };
            let below = match chance.happens(0.4) {
                true => chance.between(0.25, 0.8),
                false => 1.0,
            };
            (tint.varied(chance, 10.0).at(opacity), below)
        }
        false => {
            let coated = chance.happens(0.14);
            let tint = chance.weighted([(0.5, smoke), (0.3, blue), (0.2, brown)]);
            let opacity = match coated {
                true => chance.between(0.14, 0.42),
                false => chance.between(0.02, 0.13),
            };
            (
                tint.varied(chance, 10.0).at(opacity),
                chance.between(0.5, 1.0),
            )
        }
    }
}
