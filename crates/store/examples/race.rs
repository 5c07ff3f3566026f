//! One process of the race that `bench/` measures: it shares trivial trials with others, and prints one line of
//! JSON.

#[path = "../tests/race/worker.rs"]
mod worker;

use std::env;
use std::path::PathBuf;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(runs), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("expected a folder and a number of trials".into());
    };
    let count = count.to_string_lossy().parse()?;
    let milliseconds = worker::work(&PathBuf::from(runs), count).await?;
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{}", serde_json::json!({ "milliseconds": milliseconds }));
    }
    Ok(())
}
