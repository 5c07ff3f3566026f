//! The colours in which shoes are made.

use super::chance::Chance;
use super::colour::Colour;
use super::taxonomy::Gender;

/// Of leather.
pub(super) fn leather(gender: Gender, chance: &mut Chance) -> Colour {
    let (black, brown) = (Colour::new(0x24_22_22), Colour::new(0x5a_3a_26));
    let (tan, grey) = (Colour::new(0xa8_74_44), Colour::new(0x6e_6c_6a));
    let colour = match gender {
        Gender::Female => chance.weighted([
            (0.32, black),
            (0.14, brown),
            (0.16, tan),
            (0.08, grey),
            (0.1, Colour::new(0xa0_2c_38)),
            (0.1, Colour::new(0xd8_b4_a0)),
            (0.1, Colour::new(0xe4_e0_d8)),
        ]),
        Gender::Male => chance.weighted([
            (0.38, black),
            (0.3, brown),
            (0.18, tan),
            (0.1, grey),
            (0.04, Colour::new(0x5a_20_28)),
        ]),
    };
    colour.varied(chance, 11.0)
}

/// Of cloth, rubber and dyed leather.
pub(super) fn bright(gender: Gender, chance: &mut Chance) -> Colour {
    let (white, black) = (Colour::new(0xe8_e8_e8), Colour::new(0x2a_2a_2e));
    let (blue, red) = (Colour::new(0x2c_58_9c), Colour::new(0xc0_30_34));
    let colour = match gender {
        Gender::Female => chance.weighted([
            (0.26, white),
            (0.16, black),
            (0.12, blue),
            (0.1, red),
            (0.2, Colour::new(0xe0_80_a0)),
            (0.16, Colour::new(0x8c_c4_c0)),
        ]),
        Gender::Male => chance.weighted([
            (0.22, white),
            (0.26, black),
            (0.2, blue),
            (0.12, red),
            (0.14, Colour::new(0x74_76_7a)),
            (0.06, Colour::new(0x5c_8c_3c)),
        ]),
    };
    colour.varied(chance, 14.0)
}
