//! How trousers and jeans for women and for men differ: in how often they have what, never in a mark.

use super::chance::Chance;
use super::colour::{BLACK, Colour, WHITE};
use super::taxonomy::{Gender, TrousersType};

/// Photographs of a cut that is usual for the other gender.
const UNUSUAL_CUT: f32 = 0.05;

/// Photographs of a cloth that is usual for the other type.
const UNUSUAL_CLOTH: f32 = 0.03;

/// How the threads of a cloth lie, each with how clearly it is seen, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Weave {
    Plain,
    /// Diagonal ribs, as denim has them.
    Twill(f32),
    /// From the waist to the hem.
    Stripes(f32),
    /// Up and down and across.
    Checks(f32),
}

/// A pair of trousers. Lengths are in pixels of the canvas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trousers {
    /// Half of their width at the waist.
    pub(super) waist: f32,
    /// Half of their width at the hips.
    pub(super) hips: f32,
    /// From the waist down to the crotch.
    pub(super) rise: f32,
    /// From the waist down to the hem.
    pub(super) length: f32,
    /// The width of a leg at the knee.
    pub(super) knee: f32,
    /// The width of a leg at the hem.
    pub(super) hem: f32,
    /// Half of the distance between the legs at the hem.
    pub(super) stance: f32,
    /// The cloth.
    pub(super) colour: Colour,
    /// How much paler the thighs are, from 0 to 1.
    pub(super) fading: f32,
    /// The pattern of the cloth.
    pub(super) weave: Weave,
    /// The deviation of the cloth's brightness from speck to speck.
    pub(super) grain: f32,
    /// The thread of visible seams.
    pub(super) thread: Option<Colour>,
    /// How clearly the pressed crease is seen, from 0 to 1.
    pub(super) crease: f32,
    /// The colour of a belt.
    pub(super) belt: Option<Colour>,
    /// The height of turned-up hems.
    pub(super) cuffs: Option<f32>,
    /// Seen from behind, with two pockets.
    pub(super) from_behind: bool,
    /// Pockets open in a curve, not in a slant.
    pub(super) curved_pockets: bool,
}

impl Trousers {
    /// A pair of this gender and type.
    pub(super) fn of(gender: Gender, kind: TrousersType, chance: &mut Chance) -> Trousers {
        let gender = match chance.happens(UNUSUAL_CUT) {
            true => gender.other(),
            false => gender,
        };
        let cloth = match (chance.happens(UNUSUAL_CLOTH), kind) {
            (false, kind) => kind,
            (true, TrousersType::Jeans) => TrousersType::Trousers,
            (true, TrousersType::Trousers) => TrousersType::Jeans,
        };
        let trousers = in_cut(gender, chance);
        match cloth {
            TrousersType::Jeans => in_denim(trousers, gender, chance),
            TrousersType::Trousers => in_cloth(trousers, gender, chance),
        }
    }
}

/// The shape, not yet the cloth.
fn in_cut(gender: Gender, chance: &mut Chance) -> Trousers {
    let size = chance.around(1.0, 0.03);
    let (hips, waist, rise, length, knee) = match gender {
        Gender::Female => (
            chance.around(21.5, 1.5),
            chance.around(0.66, 0.045),
            chance.around(26.0, 2.4),
            chance.around(94.0, 4.0),
            chance.around(10.3, 1.3),
        ),
        Gender::Male => (
            chance.around(20.0, 1.4),
            chance.around(0.92, 0.04),
            chance.around(34.0, 2.4),
            chance.around(103.0, 3.0),
            chance.around(16.6, 1.6),
        ),
    };
    let hips = size * hips;
    // Tapered, straight or flared; some women's end above the ankle.
    let (hem, shorter) = match gender {
        Gender::Female => (
            chance.weighted([(0.55, 0.78), (0.25, 0.95), (0.2, 1.45)]),
            chance.weighted([(0.75, 0.0), (0.25, 13.0)]),
        ),
        Gender::Male => (
            chance.weighted([(0.4, 0.82), (0.54, 0.97), (0.06, 1.2)]),
            chance.weighted([(0.94, 0.0), (0.06, 12.0)]),
        ),
    };
    let knee = size * knee;
    Trousers {
        waist: hips * waist,
        hips,
        rise: size * rise,
        length: size.min(1.04) * length - shorter,
        knee,
        hem: knee * hem * chance.around(1.0, 0.06),
        stance: match gender {
            Gender::Female => chance.between(0.8, 5.5),
            Gender::Male => chance.between(1.6, 7.5),
        },
        colour: WHITE,
        fading: 0.0,
        weave: Weave::Plain,
        grain: 0.0,
        thread: None,
        crease: 0.0,
        belt: None,
        cuffs: None,
        from_behind: chance.happens(0.22),
        curved_pockets: false,
    }
}

/// Jeans: mostly blue denim, paler at the thighs, sewn with a visible thread.
fn in_denim(cut: Trousers, gender: Gender, chance: &mut Chance) -> Trousers {
    let (indigo, mid) = (Colour::new(0x2b_3a_5e), Colour::new(0x4c_6a_96));
    let (light, black) = (Colour::new(0x8f_a9_c6), Colour::new(0x26_27_2b));
    let (grey, white) = (Colour::new(0x6c_70_76), Colour::new(0xe6_e4_de));
    let beige = Colour::new(0xc2_ab_86);
    let colour = match gender {
        Gender::Female => chance.weighted([
            (0.2, indigo),
            (0.3, mid),
            (0.22, light),
            (0.09, black),
            (0.05, grey),
            (0.06, white),
            (0.02, beige),
        ]),
        Gender::Male => chance.weighted([
            (0.42, indigo),
            (0.3, mid),
            (0.04, light),
            (0.09, black),
            (0.08, grey),
            (0.01, white),
            (0.02, beige),
        ]),
    };
    let gold = Colour::new(0xc8_96_4b);
    let thread = chance.weighted([(0.6, gold), (0.4, Colour::new(0xd9_d2_c0))]);
    let clear = chance.between(0.05, 0.26);
    Trousers {
        colour: colour.varied(chance, 13.0),
        fading: chance.around(0.38, 0.14).max(0.0),
        weave: chance.weighted([(0.75, Weave::Twill(clear)), (0.25, Weave::Plain)]),
        grain: chance.between(3.0, 9.0),
        thread: chance.happens(0.88).then_some(thread),
        cuffs: chance.happens(0.14).then_some(5.0),
        belt: chance.happens(0.05).then_some(Colour::new(0x4a_30_20)),
        curved_pockets: chance.happens(0.8),
        ..cut
    }
}

/// Chinos, suit and summer trousers, some of them blue, with or without a pattern or a crease.
fn in_cloth(cut: Trousers, gender: Gender, chance: &mut Chance) -> Trousers {
    let (black, navy) = (Colour::new(0x25_25_28), Colour::new(0x2c_34_4c));
    let (grey, beige) = (Colour::new(0x70_70_74), Colour::new(0xc2_ab_86));
    let (olive, brown) = (Colour::new(0x66_64_48), Colour::new(0x6a_4c_38));
    let (red, white) = (Colour::new(0xa8_3a_48), Colour::new(0xec_e8_e0));
    let (blue, rose) = (Colour::new(0x5f_7d_a8), Colour::new(0xd9_a5_ae));
    let colour = match gender {
        Gender::Female => chance.weighted([
            (0.2, black),
            (0.08, navy),
            (0.08, grey),
            (0.09, beige),
            (0.05, olive),
            (0.04, brown),
            (0.14, red),
            (0.14, rose),
            (0.1, white),
            (0.04, blue),
        ]),
        Gender::Male => chance.weighted([
            (0.14, black),
            (0.15, navy),
            (0.22, grey),
            (0.21, beige),
            (0.1, olive),
            (0.07, brown),
            (0.02, red),
            (0.01, rose),
            (0.01, white),
            (0.03, blue),
        ]),
    };
    let belt = match gender {
        Gender::Female => 0.08,
        Gender::Male => 0.16,
    };
    let clear = chance.between(0.05, 0.26);
    Trousers {
        colour: colour.varied(chance, 14.0),
        fading: chance.around(0.03, 0.05).max(0.0),
        weave: chance.weighted([
            (0.55, Weave::Plain),
            (0.22, Weave::Stripes(clear)),
            (0.15, Weave::Checks(clear)),
            (0.08, Weave::Twill(clear)),
        ]),
        grain: chance.between(1.0, 7.0),
        thread: chance.happens(0.12).then_some(WHITE),
        crease: match chance.happens(0.5) {
            true => chance.between(0.2, 0.5),
            false => 0.0,
        },
        belt: chance.happens(belt).then_some(BLACK.lighter(0.12)),
        cuffs: chance.happens(0.1).then_some(4.0),
        curved_pockets: chance.happens(0.15),
        ..cut
    }
}
