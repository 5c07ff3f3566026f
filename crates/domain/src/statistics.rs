//! Whether a difference is more than chance.

mod holm;
mod mcnemar;

pub use holm::holm;
pub use mcnemar::mcnemar;
