//! Colours, and the shades that light makes of them.

use super::chance::Chance;

/// Red, green and blue from 0 to 255, and how much of what is behind it the colour covers, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    pub(super) red: f32,
    pub(super) green: f32,
    pub(super) blue: f32,
    pub(super) opacity: f32,
}

pub(super) const WHITE: Colour = Colour::new(0xff_ff_ff);
pub(super) const BLACK: Colour = Colour::new(0);

impl Colour {
    /// The opaque colour of these 24 bits, red first.
    pub(super) const fn new(bits: u32) -> Colour {
        Colour {
            red: ((bits >> 16) & 0xff) as f32,
            green: ((bits >> 8) & 0xff) as f32,
            blue: (bits & 0xff) as f32,
            opacity: 1.0,
        }
    }

    /// The same colour, covering `opacity` of what is behind it.
    pub(super) const fn at(self, opacity: f32) -> Colour {
        Colour { opacity, ..self }
    }

    /// This colour with a share of another, from 0 to 1.
    pub(super) fn mixed(self, other: Colour, share: f32) -> Colour {
        let mix = |own: f32, other: f32| own + (other - own) * share;
        Colour {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
            opacity: self.opacity,
        }
    }

    /// Nearer to black by this share.
    pub(super) fn darker(self, share: f32) -> Colour {
        self.mixed(BLACK, share)
    }

    /// Nearer to white by this share.
    pub(super) fn lighter(self, share: f32) -> Colour {
        self.mixed(WHITE, share)
    }

    /// How bright it looks, from 0 to 255.
    pub(super) fn brightness(self) -> f32 {
        0.3 * self.red + 0.6 * self.green + 0.1 * self.blue
    }

    /// A neighbour of this colour: another brightness, another tint.
    pub(super) fn varied(self, chance: &mut Chance, deviation: f32) -> Colour {
        let brightness = chance.around(0.0, deviation);
        let mut near = |value: f32| {
            (value + brightness + chance.around(0.0, deviation / 2.5)).clamp(0.0, 255.0)
        };
        Colour {
            red: near(self.red),
            green: near(self.green),
            blue: near(self.blue),
            opacity: self.opacity,
        }
    }
}
