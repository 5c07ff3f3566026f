//! What the catalogue holds: the study's categories, genders and types, and how many photographs of each.

/// Who a product is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

impl Gender {
    /// Its label.
    pub(super) fn label(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
        }
    }

    /// The other one.
    pub(super) fn other(self) -> Gender {
        match self {
            Gender::Female => Gender::Male,
            Gender::Male => Gender::Female,
        }
    }
}

/// What kind of trousers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrousersType {
    Jeans,
    Trousers,
}

/// What kind of shoe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShoeType {
    Ballerina,
    Boots,
    Formal,
    HighHeels,
    Others,
    Sandals,
    Trainers,
}

/// What kind of glasses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GlassesType {
    Glasses,
    Sunglasses,
}

/// What is on a photograph: all of its labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    Trousers(Gender, TrousersType),
    Shoe(Gender, ShoeType),
    /// They have no gender.
    Glasses(GlassesType),
}

/// How many photographs there are of each product: the categories in the study's proportions, the types of
/// a category unequal, as in a shop.
pub(super) const CATALOGUE: [(Product, usize); 17] = {
    use Gender::{Female, Male};
    use Product::{Glasses, Shoe, Trousers};
    [
        (Trousers(Female, TrousersType::Jeans), 130),
        (Trousers(Female, TrousersType::Trousers), 130),
        (Trousers(Male, TrousersType::Jeans), 130),
        (Trousers(Male, TrousersType::Trousers), 130),
        (Shoe(Female, ShoeType::Ballerina), 52),
        (Shoe(Female, ShoeType::Boots), 58),
        (Shoe(Female, ShoeType::HighHeels), 72),
        (Shoe(Female, ShoeType::Others), 46),
        (Shoe(Female, ShoeType::Sandals), 48),
        (Shoe(Female, ShoeType::Trainers), 48),
        (Shoe(Male, ShoeType::Boots), 62),
        (Shoe(Male, ShoeType::Formal), 72),
        (Shoe(Male, ShoeType::Others), 52),
        (Shoe(Male, ShoeType::Sandals), 58),
        (Shoe(Male, ShoeType::Trainers), 74),
        (Glasses(GlassesType::Glasses), 260),
        (Glasses(GlassesType::Sunglasses), 260),
    ]
};

impl Product {
    /// Its label in the column `category`.
    pub(super) fn category(self) -> &'static str {
        match self {
            Product::Trousers(..) => "trousers",
            Product::Shoe(..) => "shoes",
            Product::Glasses(_) => "glasses",
        }
    }

    /// Who it is made for, if it has a gender.
    pub(super) fn gender(self) -> Option<Gender> {
        match self {
            Product::Trousers(gender, _) | Product::Shoe(gender, _) => Some(gender),
            Product::Glasses(_) => None,
        }
    }

    /// Its label in the column `type`.
    pub(super) fn type_label(self) -> &'static str {
        match self {
            Product::Trousers(_, TrousersType::Jeans) => "jeans",
            Product::Trousers(_, TrousersType::Trousers) => "trousers",
            Product::Shoe(_, ShoeType::Ballerina) => "ballerina",
            Product::Shoe(_, ShoeType::Boots) => "boots",
            Product::Shoe(_, ShoeType::Formal) => "formal shoes",
            Product::Shoe(_, ShoeType::HighHeels) => "high heels",
            Product::Shoe(_, ShoeType::Others) => "others",
            Product::Shoe(_, ShoeType::Sandals) => "sandals",
            Product::Shoe(_, ShoeType::Trainers) => "trainers",
            Product::Glasses(GlassesType::Glasses) => "glasses",
            Product::Glasses(GlassesType::Sunglasses) => "sunglasses",
        }
    }
}
