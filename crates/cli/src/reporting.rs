//! Reports of sweeps: what they are made of, which pages there are, and when one is written anew.

mod choose_sweeps;
mod index;
mod margin;
mod observed_sweep;
mod page_paths;
mod pages;
mod photographs;
mod predictions;
mod reporter;
mod routes;
mod said;
mod state;
mod test_report;
mod watch;

pub(crate) use choose_sweeps::{check_names, is_chosen};
pub(crate) use pages::{Page, Pages};
pub(crate) use reporter::Reporter;
pub(crate) use routes::{routes_report, write_routes};
pub(crate) use watch::watch;
