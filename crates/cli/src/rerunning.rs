//! Training a trial again from its record: whether it comes out the same.

mod comparison;
mod recorded;
mod train_again;

pub(crate) use comparison::{Difference, compare};
pub(crate) use recorded::Recorded;
pub(crate) use train_again::{Ended, Rerun, train_again};
