//! What `bench/` measures of a large store: writes one, asks it, or records epochs as a sweep does. Prints one line of
//! JSON.

mod trials;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fitroom_domain::{AttemptState, TrialField, TrialState, Usage};
use fitroom_store::{
    AttemptRecord, Direction, Next, Owner, Queue, Store, SweepIdentity, TrialQuery, TrialRecord,
    Wish, utc_now,
};
use serde_json::{Value, json};

type Problem = Box<dyn Error + Send + Sync>;

const USAGE: &str =
    "expected `write RUNS TRIALS`, `query RUNS best|list|report ROUNDS` or `live RUNS EPOCHS`";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Problem> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["write", runs, trials] => write(Path::new(runs), trials.parse()?).await?,
        ["query", runs, what, rounds] => query(Path::new(runs), what, rounds.parse()?).await?,
        ["live", runs, epochs] => live(Path::new(runs), epochs.parse()?).await?,
        _ => return Err(USAGE.into()),
    };
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

/// Writes so many finished trials, sweep after sweep, as they are brought back from their folders.
async fn write(runs: &Path, count: u64) -> Result<Value, Problem> {
    let store = Store::open(runs).await?;
    let mut seconds = 0.0;
    for (sweep, numbers) in trials::sweeps(count).enumerate() {
        let name = trials::sweep_name(sweep);
        let described = trials::described(&name)?;
        let records: Vec<(Option<i64>, TrialRecord)> = numbers
            .map(|number| Ok((None, record(&name, number)?)))
            .collect::<Result<_, Problem>>()?;
        let begin = Instant::now();
        store.register(&described.to_run(&[])).await?;
        store.put_records(&records, || Ok(())).await?;
        seconds += begin.elapsed().as_secs_f64();
    }
    let begin = Instant::now();
    store.close().await;
    seconds += begin.elapsed().as_secs_f64();
    let files = ["fitroom.db", "fitroom.db-wal"].map(|name| fs::metadata(runs.join(name)));
    let bytes: u64 = files.iter().flatten().map(fs::Metadata::len).sum();
    Ok(json!({
        "trials": count,
        "values": count * trials::EPOCHS * trials::METRICS,
        "seconds": seconds,
        "bytes": bytes,
        "peak_bytes": peak_bytes()?,
    }))
}

/// All that would be recorded of a finished trial.
fn record(sweep: &str, number: u64) -> Result<TrialRecord, Problem> {
    let trial = trials::trial(number)?;
    let sweep = SweepIdentity {
        fingerprint: trial.dataset.fingerprint.clone(),
        name: sweep.to_owned(),
        definition: serde_json::to_string(&trial.task.definition)?,
    };
    let now = utc_now();
    Ok(TrialRecord {
        fingerprint: sweep.fingerprint.clone(),
        definition: sweep.definition.clone(),
        folder: Some(format!(
            "{}/{}/{}",
            trial.dataset.name,
            sweep.name,
            trial.name()
        )),
        trial: fitroom_domain::RecordedTrial::Ours(trial),
        state: TrialState::Finished,
        sweep: Some(sweep.clone()),
        figures: Some(trials::figures(number)),
        weights_kept: false,
        wishes: vec![Wish {
            sweep,
            dataset: trials::DATASET.to_owned(),
            position: (number % trials::OF_SWEEP) as i64,
            plan: 1,
            pruned_at_epoch: None,
        }],
        attempts: vec![AttemptRecord {
            number: 1,
            owner: "bench".to_owned(),
            state: AttemptState::Finished,
            error: None,
            warning: None,
            numerics: "bench".to_owned(),
            started_at: now.clone(),
            ended_at: Some(now),
            usage: Usage::default(),
            run: None,
        }],
        files: Vec::new(),
        epochs: trials::curve(number),
        tags: Vec::new(),
        note: None,
        is_pinned: false,
    })
}

/// Asks so many times; each time the store is opened anew.
async fn query(runs: &Path, what: &str, rounds: usize) -> Result<Value, Problem> {
    let mut milliseconds = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let begin = Instant::now();
        let store = Store::open_to_read(runs)
            .await?
            .ok_or("there is no store")?;
        match what {
            "best" => drop(store.most_accurate_trials().await?),
            "list" => {
                let list = TrialQuery {
                    filter: "accuracy>0.8 kernel_num=64".parse()?,
                    order: vec![(TrialField::named("accuracy"), Direction::Descending)],
                    limit: Some(50),
                    offset: 0,
                };
                let found = store.find_trials(&list).await?;
                store.count_trials(&list.filter).await?;
                drop(store.trials_with_keys(&found).await?);
            }
            "report" => {
                let sweeps = store.sweeps().await?;
                let sweep = sweeps.get(sweeps.len() / 2).ok_or("there is no sweep")?;
                drop(store.wanted_trials(sweep.key).await?);
                drop(store.curves(sweep.key).await?);
            }
            _ => return Err(USAGE.into()),
        }
        milliseconds.push(1e3 * begin.elapsed().as_secs_f64());
        store.close().await;
    }
    Ok(json!({ "milliseconds": milliseconds, "peak_bytes": peak_bytes()? }))
}

/// Records so many epochs of trials in training, each in a transaction of its own.
async fn live(runs: &Path, epochs: u64) -> Result<Value, Problem> {
    let store = Store::open(runs).await?;
    let owner = Owner::new(runs)?;
    let described = trials::described("live")?;
    // Beyond those that were written.
    let first = 1_000_000_000 + u64::from(std::process::id()) * 1_000_000;
    let numbers = first..first + epochs.div_ceil(trials::EPOCHS);
    let wanted: Vec<_> = numbers
        .clone()
        .map(trials::trial)
        .collect::<Result<_, _>>()?;
    let registered = store.register(&described.to_run(&wanted)).await?;
    let mut queue = Queue::new(registered.sweep, registered.trials).of_run(registered.run_key);
    let mut milliseconds = Vec::new();
    for number in numbers {
        let Next::Train(claimed) = store.claim(&mut queue, &owner, "bench").await? else {
            return Err("another process took the trials".into());
        };
        for metrics in trials::curve(number) {
            if milliseconds.len() as u64 == epochs {
                break;
            }
            let begin = Instant::now();
            store.record_epoch(claimed.attempt, &metrics).await?;
            milliseconds.push(1e3 * begin.elapsed().as_secs_f64());
        }
        let ending = fitroom_store::Ending::Interrupted;
        let usage = Usage::default();
        store
            .end_attempt(claimed.attempt, &ending, usage, || Ok(()))
            .await?;
    }
    store.close().await;
    Ok(json!({ "milliseconds": milliseconds }))
}

/// The most memory that this process had.
fn peak_bytes() -> Result<u64, Problem> {
    let status = fs::read_to_string(PathBuf::from("/proc/self/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    Ok(1024 * kibibytes.ok_or("no VmHWM")?.parse::<u64>()?)
}
