//! How trousers and jeans for women and for men differ: in how often they have what, never in a mark.

use super::chance::Chance;
use super::colour::{BLACK, Colour, WHITE};
use super::taxonomy::{Gender, TrousersType};

/// Photographs of a cut that is usual for the other gender.
const UNUSUAL_CUT: f32 = 0.06;

/// Photographs of a cloth that is usual for the other type.
const UNUSUAL_CLOTH: f32 = 0.04;

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
    let size = chance.around(1.0, 0.05);
    let hips = size * chance.around(20.5, 1.5);
    let (waist, rise, length, knee) = match gender {
        Gender::Female => (
            chance.around(0.74, 0.055),
            chance.around(28.0, 3.2),
            chance.around(97.0, 5.0),
            chance.around(12.0, 1.8),
        ),
        Gender::Male => (
            chance.around(0.85, 0.055),
            chance.around(31.5, 3.2),
            chance.around(101.0, 4.0),
            chance.around(14.6, 1.8),
        ),
    };
    // Tapered, straight or flared; some women's end above the ankle.
    let (hem, shorter) = match gender {
        Gender::Female => (
            chance.weighted(0.85, [(0.55, 0.78), (0.25, 0.95), (0.2, 1.45)]),
            chance.weighted(0.0, [(0.75, 0.0), (0.25, 13.0)]),
        ),
        Gender::Male => (
            chance.weighted(0.85, [(0.4, 0.82), (0.54, 0.97), (0.06, 1.2)]),
            chance.weighted(0.0, [(0.94, 0.0), (0.06, 12.0)]),
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
        stance: chance.between(1.0, 8.0) + if gender == Gender::Male { 0.7 } else { 0.0 },
        colour: WHITE,
        fading: 0.0,
        grain: 0.0,
        thread: None,
        crease: 0.0,
        belt: None,
        cuffs: None,
        from_behind: chance.happens(0.22),
        curved_pockets: false,
    }
}

/// Jeans: blue, black or grey denim, paler at the thighs, sewn with a visible thread.
fn in_denim(cut: Trousers, gender: Gender, chance: &mut Chance) -> Trousers {
    let indigo = Colour::new(0x2b_3a_5e);
    let (mid, light) = (Colour::new(0x4c_6a_96), Colour::new(0x8f_a9_c6));
    let (black, grey) = (Colour::new(0x26_27_2b), Colour::new(0x6c_70_76));
    let colour = match gender {
        Gender::Female => chance.weighted(
            mid,
            [
                (0.26, indigo),
                (0.28, mid),
                (0.2, light),
                (0.14, black),
                (0.05, grey),
                (0.07, Colour::new(0xe6_e4_de)),
            ],
        ),
        Gender::Male => chance.weighted(
            indigo,
            [
                (0.4, indigo),
                (0.3, mid),
                (0.08, light),
                (0.13, black),
                (0.09, grey),
            ],
        ),
    };
    let thread = chance.weighted(
        Colour::new(0xc8_96_4b),
        [
            (0.6, Colour::new(0xc8_96_4b)),
            (0.4, Colour::new(0xd9_d2_c0)),
        ],
    );
    Trousers {
        colour: colour.varied(chance, 13.0),
        fading: chance.around(0.2, 0.12).max(0.0),
        grain: chance.between(5.0, 15.0),
        thread: chance.happens(0.78).then_some(thread),
        cuffs: chance.happens(0.14).then_some(5.0),
        belt: chance.happens(0.05).then_some(Colour::new(0x4a_30_20)),
        curved_pockets: chance.happens(0.85),
        ..cut
    }
}

/// Chinos, suit and summer trousers: plain cloth, some of it blue, with or without a crease.
fn in_cloth(cut: Trousers, gender: Gender, chance: &mut Chance) -> Trousers {
    let (black, navy) = (Colour::new(0x25_25_28), Colour::new(0x2c_34_4c));
    let (grey, beige) = (Colour::new(0x70_70_74), Colour::new(0xc2_ab_86));
    let (olive, brown) = (Colour::new(0x66_64_48), Colour::new(0x6a_4c_38));
    let colour = match gender {
        Gender::Female => chance.weighted(
            black,
            [
                (0.24, black),
                (0.12, navy),
                (0.1, grey),
                (0.12, beige),
                (0.06, olive),
                (0.05, brown),
                (0.09, Colour::new(0xa8_3a_48)),
                (0.09, Colour::new(0xd9_a5_ae)),
                (0.08, Colour::new(0xec_e8_e0)),
                (0.05, Colour::new(0x6f_8d_b0)),
            ],
        ),
        Gender::Male => chance.weighted(
            grey,
            [
                (0.17, black),
                (0.2, navy),
                (0.2, grey),
                (0.2, beige),
                (0.1, olive),
                (0.07, brown),
                (0.02, Colour::new(0xa8_3a_48)),
                (0.02, Colour::new(0xec_e8_e0)),
                (0.02, Colour::new(0x6f_8d_b0)),
            ],
        ),
    };
    let belt = match gender {
        Gender::Female => 0.08,
        Gender::Male => 0.16,
    };
    Trousers {
        colour: colour.varied(chance, 14.0),
        fading: chance.around(0.02, 0.04).max(0.0),
        grain: chance.between(1.5, 9.0),
        thread: chance.happens(0.12).then_some(WHITE),
        crease: match chance.happens(0.5) {
            true => chance.between(0.15, 0.5),
            false => 0.0,
        },
        belt: chance.happens(belt).then_some(BLACK.lighter(0.12)),
        cuffs: chance.happens(0.1).then_some(4.0),
        curved_pockets: chance.happens(0.15),
        ..cut
    }
}
