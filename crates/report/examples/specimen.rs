//! Writes invented reports and pictures into a folder, to look at: `cargo run -p fitroom-report --example specimen -- FOLDER`.

#[path = "../tests/specimen/mod.rs"]
mod specimen;

use std::path::PathBuf;

use fitroom_report::{ConfusionPicture, index_page, routes_page, sweep_page};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or("name a folder to write into")?,
    );
    std::fs::create_dir_all(&folder)?;
    for (name, page) in [
        ("index.html", index_page(&specimen::index())),
        ("routes.html", routes_page(&specimen::routes::report())),
        ("sweep.html", sweep_page(&specimen::nearly_done(&[0]))?),
        (
            "seeds.html",
            sweep_page(&specimen::nearly_done(&[0, 1, 2]))?,
        ),
        ("five.html", sweep_page(&specimen::five_seeds())?),
        ("empty.html", sweep_page(&specimen::report(Vec::new()))?),
    ] {
        std::fs::write(folder.join(name), page)?;
    }
    let classes: Vec<String> = (0..20)
        .map(|class| {
            let gender = ["female", "male"][class % 2];
            format!("{gender} · category number {class}")
        })
        .collect();
    let names: Vec<&str> = classes.iter().map(String::as_str).collect();
    for classes in [2, 4, 8, 11, 20] {
        let matrix = specimen::confusion(&vec![40; classes], 8 * classes as u64);
        let picture = ConfusionPicture::new(&names[..classes])?.draw(&matrix)?;
        std::fs::write(folder.join(format!("confusion-{classes}.png")), picture.png)?;
    }
    Ok(())
}
