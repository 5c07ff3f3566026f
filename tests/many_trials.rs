//! A database of ten thousand trials.

use std::time::Instant;

use crate::photographs::Workplace;

const ONE: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n\
                   [train]\nepochs = 15\npatience = 15\n";

/// Makes forty sweeps of 250 trials each out of the only trial, whose folder they share: ten tasks, three seeds of each
/// configuration, and accuracies of all kinds.
const MULTIPLY: [&str; 6] = [
    "with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < 39)
     insert into sweeps (key, dataset, fingerprint, name, task, definition, summary, keep, text, run_at)
     select 1000 + n, dataset, fingerprint, 'many_' || n, 'task_' || (n % 10),
         json_set(definition, '$.where.number', '' || (n % 10)), summary, keep, text, run_at
     from sweeps, numbers where sweeps.key = 1 returning key",
    "insert into tasks (fingerprint, definition)
     select distinct fingerprint, definition from sweeps where key >= 1000 returning key",
    "with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < 9999)
     insert into trials (key, id, name, task_key, state, listed_key, sweep_key, folder, accuracy, loss, best_epoch,
         epochs, parameters, multiply_adds, seconds, weights_kept, configuration, trial)
     select 1000 + n, lower(hex(randomblob(16))), 'trial-' || n, tasks.key, state, sweeps.key, sweeps.key, folder,
         (n * 7919 % 1000) / 1000.0, loss, best_epoch, epochs, 1000 + n / 120, multiply_adds, seconds, 1,
         configuration || (n / 40 / 3),
         json_set(trial, '$.hyperparameters.kernel_num', 1 + n / 40 / 3, '$.seed', n / 40 % 3)
     from trials, numbers
     join sweeps on sweeps.key = 1000 + n % 40
     join tasks on tasks.fingerprint = sweeps.fingerprint and tasks.definition = sweeps.definition
     where trials.key = 1 returning key",
    "insert into sweep_trials (sweep_key, trial_key, position)
     select sweep_key, key, key from trials where key >= 1000 returning trial_key",
    "insert into attempts (trial_key, number, owner, state, numerics, started_at, ended_at)
     select trials.key, 1, owner, 'finished', numerics, started_at, attempts.ended_at
     from trials, attempts where trials.key >= 1000 and attempts.trial_key = 1 returning trial_key",
    "insert into epochs
     select trials.key, epoch, train_loss, train_accuracy, validation_loss, validation_accuracy, epochs.seconds
     from trials, epochs where trials.key >= 1000 and epochs.trial_key = 1 returning trial_key",
];

#[test]
fn ten_thousand_trials_are_reported_and_pages_that_stay_are_not_written_again() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/one.toml", ONE);
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/one.toml"]).code,
        Some(0)
    );
    for statement in MULTIPLY {
        let made: Vec<(i64,)> = workplace.query(statement);
        assert!(made.len() >= 10, "{}", made.len());
    }
    let timed = |what: &str, arguments: &[&str]| {
        let start = Instant::now();
        let run = workplace.fitroom(arguments);
        let took = start.elapsed();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        eprintln!("{what}: {:.2} s", took.as_secs_f64());
        run.stderr
    };
    timed("one sweep and the index", &["report", "one"]);
    let said = timed("the index alone", &["report", "one"]);
    assert!(said.contains("one.html (unchanged)"), "{said}");
    timed("all pages", &["report"]);
    let said = timed("all pages once more", &["report"]);
    assert_eq!(said.matches("(unchanged)").count(), 42, "{said}");
}
