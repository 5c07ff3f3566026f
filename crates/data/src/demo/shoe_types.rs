//! How the types of shoes differ, and those for women from those for men: in how often they have what.

use super::chance::Chance;
use super::colour::{BLACK, Colour, WHITE};
use super::shoe::{Cover, Heel, Shoe};
use super::shoe_colours::{bright, leather};
use super::taxonomy::{Gender, ShoeType};

/// Photographs of a shoe that looks as if it were made for the other gender.
const UNISEX: f32 = 0.1;

/// A shoe of this gender and type.
pub(super) fn shoe_of(gender: Gender, kind: ShoeType, chance: &mut Chance) -> Shoe {
    let gender = match chance.happens(UNISEX) {
        true => gender.other(),
        false => gender,
    };
    let plain = plain(gender, chance);
    match kind {
        ShoeType::Ballerina => ballerina(plain, chance),
        ShoeType::Boots => boots(plain, gender, chance),
        ShoeType::Formal => formal(plain, chance),
        ShoeType::HighHeels => high_heels(plain, chance),
        ShoeType::Sandals => sandals(plain, gender, chance),
        ShoeType::Trainers => trainers(plain, gender, chance),
        // Whatever else there is: loafers, slippers, canvas shoes, rubber boots.
        ShoeType::Others => match chance.between(0.0, 1.0) {
            share if share < 0.3 => loafers(plain, gender, chance),
            share if share < 0.58 => slippers(plain, chance),
            share if share < 0.82 => canvas_shoes(plain, chance),
            _ => rubber_boots(plain, chance),
        },
    }
}

/// A closed flat leather shoe, of which all others are made.
fn plain(gender: Gender, chance: &mut Chance) -> Shoe {
    let slim = match gender {
        Gender::Female => 0.88,
        Gender::Male => 1.0,
    };
    Shoe {
        length: chance.around(72.0, 2.2),
        toe: slim * chance.around(14.0, 1.2),
        pointed: chance.around(0.35, 0.15).clamp(0.0, 1.0),
        rise: chance.between(0.5, 3.0),
        heel: Heel::Flat,
        sole: slim * chance.around(4.2, 0.7),
        throat: chance.around(0.46, 0.03),
        tongue: slim * chance.around(23.0, 1.6),
        back: slim * chance.around(22.0, 1.6),
        shaft: None,
        cover: Cover::Closed,
        colour: leather(gender, chance),
        sole_colour: Colour::new(0x32_2a_26).varied(chance, 10.0),
        shine: chance.between(0.1, 0.3),
        laces: None,
        stripes: None,
        cap: None,
        patch: None,
        bow: None,
        lining: None,
        tread: false,
    }
}

fn ballerina(plain: Shoe, chance: &mut Chance) -> Shoe {
    Shoe {
        toe: chance.around(9.5, 1.0),
        sole: chance.around(2.4, 0.5),
        rise: chance.between(0.3, 4.5),
        throat: chance.around(0.25, 0.03),
        tongue: chance.around(10.5, 1.0),
        back: chance.around(16.5, 1.6),
        colour: match chance.happens(0.4) {
            true => bright(Gender::Female, chance),
            false => plain.colour,
        },
        bow: chance
            .happens(0.45)
            .then_some(plain.colour.mixed(WHITE, 0.3)),
        ..plain
    }
}

fn high_heels(plain: Shoe, chance: &mut Chance) -> Shoe {
    let open = chance.happens(0.22);
    Shoe {
        length: chance.around(66.0, 2.5),
        toe: chance.around(8.5, 1.0),
        pointed: chance.around(0.65, 0.2).clamp(0.0, 1.0),
        sole: chance.weighted([(0.75, 2.0), (0.25, 6.0)]),
        rise: chance.around(25.0, 5.5).max(11.0),
        heel: chance.weighted([(0.66, Heel::Pin), (0.34, Heel::Block(0.17))]),
        throat: chance.around(0.28, 0.03),
        tongue: chance.around(10.0, 1.2),
        back: chance.around(15.0, 1.6),
        cover: if open {
            Cover::Straps(3, 0.1)
        } else {
            Cover::Closed
        },
        bow: chance.happens(0.12).then_some(Colour::new(0xd0_c0_a0)),
        shine: chance.between(0.15, 0.6),
        ..plain
    }
}

fn boots(plain: Shoe, gender: Gender, chance: &mut Chance) -> Shoe {
    let female = gender == Gender::Female;
    let tall = chance.happens(if female { 0.55 } else { 0.08 });
    let heeled = chance.happens(if female { 0.5 } else { 0.1 });
    let laced = chance.happens(if female { 0.22 } else { 0.65 });
    Shoe {
        rise: match heeled {
            true => chance.around(13.0, 3.5).max(5.0),
            false => chance.between(1.5, 5.0),
        },
        heel: match heeled && chance.happens(0.35) {
            true => Heel::Pin,
            false => Heel::Block(chance.between(0.2, 0.3)),
        },
        shaft: Some(match tall {
            true => chance.around(66.0, 7.0),
            false => chance.around(40.0, 5.0),
        }),
        laces: laced.then_some((7, plain.colour.darker(0.5).lighter(0.1))),
        lining: chance.happens(0.25).then_some(Colour::new(0xd8_ca_b0)),
        tread: chance.happens(if female { 0.2 } else { 0.5 }),
        ..plain
    }
}

fn formal(plain: Shoe, chance: &mut Chance) -> Shoe {
    Shoe {
        toe: chance.around(11.5, 1.0),
        pointed: chance.around(0.6, 0.2).clamp(0.0, 1.0),
        sole: chance.around(2.8, 0.5),
        rise: chance.around(4.0, 0.9),
        heel: Heel::Block(0.26),
        tongue: chance.around(20.5, 1.6),
        back: chance.around(19.5, 1.6),
        shine: chance.between(0.25, 0.75),
        laces: chance
            .happens(0.74)
            .then_some((4, plain.colour.darker(0.4))),
        cap: chance.happens(0.4).then_some(plain.colour.darker(0.12)),
        bow: chance.happens(0.12).then_some(Colour::new(0xb8_a8_78)),
        ..plain
    }
}

fn trainers(plain: Shoe, gender: Gender, chance: &mut Chance) -> Shoe {
    let colour = bright(gender, chance);
    let accent = bright(gender, chance);
    Shoe {
        toe: plain.toe * 0.95,
        pointed: chance.around(0.15, 0.1).clamp(0.0, 1.0),
        sole: plain.sole * chance.around(1.75, 0.25),
        rise: chance.between(1.0, 4.5),
        tongue: plain.tongue * 1.1,
        shaft: chance.happens(0.15).then(|| chance.around(36.0, 3.0)),
        colour,
        sole_colour: match chance.happens(0.78) {
            true => Colour::new(0xec_ea_e6).varied(chance, 7.0),
            false => accent,
        },
        shine: chance.between(0.05, 0.2),
        laces: chance.happens(0.92).then_some((
            5,
            chance.weighted([(0.7, WHITE), (0.3, BLACK.lighter(0.15))]),
        )),
        stripes: chance
            .happens(0.62)
            .then_some((chance.weighted([(0.5, 3), (0.5, 1)]), accent)),
        cap: chance.happens(0.3).then_some(accent),
        patch: chance.happens(0.45).then_some(accent),
        tread: chance.happens(0.5),
        ..plain
    }
}

fn sandals(plain: Shoe, gender: Gender, chance: &mut Chance) -> Shoe {
    let female = gender == Gender::Female;
    let cover = match female {
        true => chance.weighted([
            (0.3, Cover::Thong),
            (0.4, Cover::Straps(3, 0.1)),
            (0.3, Cover::Straps(4, 0.07)),
        ]),
        false => chance.weighted([
            (0.3, Cover::Thong),
            (0.4, Cover::Straps(2, 0.2)),
            (0.3, Cover::Straps(3, 0.14)),
        ]),
    };
    let wedge = chance.happens(if female { 0.3 } else { 0.03 });
    Shoe {
        sole: plain.sole * chance.around(1.15, 0.2),
        rise: match wedge {
            true => chance.around(12.0, 3.0).max(4.0),
            false => chance.between(0.5, 3.0),
        },
        heel: if wedge { Heel::Wedge } else { Heel::Flat },
        tongue: plain.tongue * 0.9,
        cover,
        colour: match chance.happens(0.35) {
            true => bright(gender, chance),
            false => plain.colour,
        },
        sole_colour: chance
            .weighted([
                (0.45, Colour::new(0x8a_64_40)),
                (0.35, Colour::new(0x34_2e_2c)),
                (0.2, WHITE.darker(0.1)),
            ])
            .varied(chance, 10.0),
        ..plain
    }
}

fn loafers(plain: Shoe, gender: Gender, chance: &mut Chance) -> Shoe {
    Shoe {
        toe: plain.toe * 0.85,
        throat: chance.around(0.38, 0.03),
        tongue: plain.tongue * 0.82,
        back: plain.back * 0.85,
        rise: chance.between(1.0, 4.0),
        heel: Heel::Block(0.25),
        colour: match chance.happens(0.25) {
            true => bright(gender, chance),
            false => plain.colour,
        },
        bow: chance.happens(0.55).then_some(plain.colour.lighter(0.25)),
        ..plain
    }
}

fn slippers(plain: Shoe, chance: &mut Chance) -> Shoe {
    let wool = Colour::new(0x8a_86_84).varied(chance, 32.0);
    Shoe {
        throat: chance.around(0.44, 0.03),
        cover: match chance.happens(0.7) {
            true => Cover::Mule,
            false => Cover::Closed,
        },
        colour: wool,
        sole: plain.sole * 0.9,
        lining: chance.happens(0.6).then_some(Colour::new(0xe6_de_d0)),
        shine: 0.05,
        ..plain
    }
}

fn canvas_shoes(plain: Shoe, chance: &mut Chance) -> Shoe {
    Shoe {
        colour: bright(Gender::Male, chance),
        sole_colour: Colour::new(0xd8_ca_ac).varied(chance, 12.0),
        throat: chance.around(0.38, 0.03),
        toe: plain.toe * 0.85,
        back: plain.back * 0.85,
        laces: chance.happens(0.35).then_some((4, WHITE)),
        shine: 0.05,
        ..plain
    }
}

fn rubber_boots(plain: Shoe, chance: &mut Chance) -> Shoe {
    Shoe {
        shaft: Some(chance.around(52.0, 9.0)),
        colour: bright(Gender::Female, chance),
        sole: plain.sole * 1.3,
        shine: chance.between(0.4, 0.8),
        tread: true,
        ..plain
    }
}
