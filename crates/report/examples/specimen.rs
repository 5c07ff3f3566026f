//! Writes invented reports into a folder, to look at: `cargo run -p fitroom-report --example specimen -- FOLDER`.

#[path = "../tests/specimen/mod.rs"]
mod specimen;

use std::path::PathBuf;

use fitroom_report::{BestTrial, SweepReport, index_page, sweep_page};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or("name a folder to write into")?,
    );
    std::fs::create_dir_all(&folder)?;
    let mut many_classes = SweepReport {
        best: specimen::nearly_done(&[0]).best.map(|best| BestTrial {
            confusion: specimen::confusion(&[40; 20], 90),
            ..best
        }),
        ..specimen::nearly_done(&[0, 1, 2])
    };
    many_classes.summary.classes = (0..20)
        .map(|class| {
            format!(
                "{} · category number {class}",
                ["female", "male"][class % 2]
            )
        })
        .collect();
    for (name, page) in [
        ("index.html", index_page(&specimen::index())),
        ("sweep.html", sweep_page(&specimen::nearly_done(&[0]))?),
        ("seeds.html", sweep_page(&many_classes)?),
        ("empty.html", sweep_page(&specimen::report(Vec::new()))?),
    ] {
        std::fs::write(folder.join(name), page)?;
    }
    Ok(())
}
