//! A shoe: what it is made of, and where its parts are.

use super::colour::Colour;
use super::outline::Point;

/// What is under the heel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Heel {
    /// Nothing but the sole.
    Flat,
    /// A block of this share of the length.
    Block(f32),
    /// A thin pin.
    Pin,
    /// The sole itself, all the way.
    Wedge,
}

/// What covers the foot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cover {
    /// All of it.
    Closed,
    /// Only the front.
    Mule,
    /// So many straps, each of this share of the length.
    Straps(u8, f32),
    /// A thong between the toes.
    Thong,
}

/// A shoe from the side. Lengths are in pixels of the canvas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shoe {
    /// From toe to heel.
    pub(super) length: f32,
    /// The height of the toes.
    pub(super) toe: f32,
    /// How pointed the toe is, from 0 to 1.
    pub(super) pointed: f32,
    /// How much higher the heel stands than the ball of the foot.
    pub(super) rise: f32,
    /// What is under the heel.
    pub(super) heel: Heel,
    /// The thickness of the sole.
    pub(super) sole: f32,
    /// Where the opening begins, as a share of the length.
    pub(super) throat: f32,
    /// How high it begins above the sole.
    pub(super) tongue: f32,
    /// How high the back is above the sole.
    pub(super) back: f32,
    /// How high the shaft is above the sole.
    pub(super) shaft: Option<f32>,
    /// What covers the foot.
    pub(super) cover: Cover,
    /// The leather or cloth.
    pub(super) colour: Colour,
    /// The sole's colour.
    pub(super) sole_colour: Colour,
    /// How much it shines, from 0 to 1.
    pub(super) shine: f32,
    /// How many laces, and of which colour.
    pub(super) laces: Option<(u8, Colour)>,
    /// How many stripes on the side, and of which colour.
    pub(super) stripes: Option<(u8, Colour)>,
    /// A toe cap.
    pub(super) cap: Option<Colour>,
    /// A patch at the back.
    pub(super) patch: Option<Colour>,
    /// A bow or buckle where the opening begins.
    pub(super) bow: Option<Colour>,
    /// Lining that shows at the top.
    pub(super) lining: Option<Colour>,
    /// A sole with a tread.
    pub(super) tread: bool,
}

impl Shoe {
    /// The point at a share of its length from the toe, at a height above the ground.
    pub(super) fn at(&self, share: f32, height: f32) -> Point {
        (share * self.length, -height)
    }

    /// How high above the ground the heel of the foot is.
    pub(super) fn heel_base(&self) -> f32 {
        self.sole + self.rise
    }

    /// How high above the ground the foot is where the opening begins.
    pub(super) fn throat_base(&self) -> f32 {
        self.sole + self.rise * (self.throat - 0.3).max(0.0) * 1.8
    }
}
