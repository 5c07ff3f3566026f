//! Writes an event file with one value of every kind and as many scalars as wanted, to measure readers with.
//!
//! `write_events FOLDER SCALARS` prints the path of the new file.

use std::env;
use std::error::Error;
use std::path::Path;

use fitroom_tensorboard::{
    EventWriter, Histogram, HparamDomain, HparamInfo, HparamValue, Session, SessionStatus,
};

const WALL_TIME: f64 = 1_767_225_600.25;

/// A picture of one black pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\
    \0\0\0\x0cIDAT\x08\xd7c```\0\0\0\x04\0\x01\xf6\x178U\0\0\0\0IEND\xaeB`\x82";

#[expect(clippy::print_stdout, reason = "it prints what it made")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, folder, scalars] = arguments.as_slice() else {
        return Err("usage: write_events FOLDER SCALARS".into());
    };
    let mut writer = EventWriter::create(Path::new(folder), WALL_TIME, "example", "0")?;
    let infos = [
        ("kernels", HparamDomain::Number),
        ("task", HparamDomain::Text),
    ];
    let infos = infos.map(|(name, domain)| HparamInfo {
        name,
        domain,
        differs: true,
    });
    writer.hparams_experiment(WALL_TIME, &infos, &["loss"])?;
    writer.hparams_session_start(
        WALL_TIME,
        &Session {
            group: "a",
            hparams: &[
                ("kernels", HparamValue::Number(4.0)),
                ("task", HparamValue::Text("«ä»")),
            ],
            started: WALL_TIME,
        },
    )?;
    writer.text(0, WALL_TIME, "note", "a *text*")?;
    writer.image(0, WALL_TIME, "picture", 1, 1, PNG)?;
    writer.histogram(0, WALL_TIME, "weights", &Histogram::of(&[-1.0, 0.5, 2.0]))?;
    writer.start(0, WALL_TIME)?;
    for step in 0..scalars.parse::<i64>()? {
        let values = [("loss", 1.0 / (step + 1) as f32)];
        writer.scalars(step, WALL_TIME + step as f64, &values)?;
    }
    writer.hparams_session_end(WALL_TIME, SessionStatus::Success)?;
    println!("{}", writer.finish()?.display());
    Ok(())
}
