//! Writes invented reports and pictures into a folder, to look at: `cargo run -p fitroom-report --example specimen -- FOLDER`.

#[path = "../tests/specimen/mod.rs"]
mod specimen;

use std::path::PathBuf;

use fitroom_report::{BestTrial, ConfusionPicture, SweepReport, index_page, sweep_page};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or("name a folder to write into")?,
    );
    std::fs::create_dir_all(&folder)?;
    let many_classes = SweepReport {
        best: specimen::nearly_done(&[0]).best.map(|best| BestTrial {
            confusion: specimen::confusion(&[40; 20], 90),
            ..best
        }),
        ..specimen::nearly_done(&[0, 1, 2])
    };
    let classes: Vec<String> = (0..20)
        .map(|class| {
            format!(
                "{} · category number {class}",
                ["female", "male"][class % 2]
            )
        })
        .collect();
    let named = classes.clone();
    let many_classes = specimen::asked(many_classes, |_, summary| summary.classes = named);
    for (name, page) in [
        ("index.html", index_page(&specimen::index())),
        ("sweep.html", sweep_page(&specimen::nearly_done(&[0]))?),
        ("seeds.html", sweep_page(&many_classes)?),
        ("empty.html", sweep_page(&specimen::report(Vec::new()))?),
    ] {
        std::fs::write(folder.join(name), page)?;
    }
    let names: Vec<&str> = classes.iter().map(String::as_str).collect();
    for classes in [2, 4, 8, 11, 20] {
        let matrix = specimen::confusion(&vec![40; classes], 8 * classes as u64);
        let picture = ConfusionPicture::new(&names[..classes])?.draw(&matrix)?;
        std::fs::write(folder.join(format!("confusion-{classes}.png")), picture.png)?;
    }
    Ok(())
}
