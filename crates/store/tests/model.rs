//! The life of trials against a model of it: whatever workers do in whatever order, the database agrees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

// The race's trials and their figures will do.
#[path = "race/worker.rs"]
#[expect(dead_code, reason = "nobody races here")]
mod worker;

use std::collections::BTreeMap;

use fitroom_domain::{TrialState, Usage};
use fitroom_store::{AttemptKey, Ending, Next, Owner, Queue, Store};
use proptest::prelude::*;

const TRIALS: u64 = 4;
const WORKERS: usize = 3;
const ATTEMPTS: u32 = 2;

/// What happens next, and to which worker.
#[derive(Debug, Clone, Copy)]
enum Step {
    Claim,
    Finish,
    Diverge,
    Fail,
    Interrupt,
    Die,
    Retry,
}

/// A trial as the model has it.
#[derive(Debug, Clone, Copy)]
struct Model {
    state: TrialState,
    attempts: u32,
    failed: u32,
    /// Of a running one, whether its worker is alive.
    alive: bool,
}

/// A worker, as the program has it.
struct Worker {
    owner: Owner,
    queue: Queue,
    training: Option<AttemptKey>,
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize)>> {
    let step = prop_oneof![
        6 => Just(Step::Claim),
        2 => Just(Step::Finish),
        1 => Just(Step::Diverge),
        3 => Just(Step::Fail),
        2 => Just(Step::Interrupt),
        2 => Just(Step::Die),
        1 => Just(Step::Retry),
    ];
    prop::collection::vec((step, 0..WORKERS), 1..60)
}

/// The world that both act on.
struct World {
    store: Store,
    sweep: i64,
    keys: Vec<i64>,
    workers: Vec<Worker>,
    model: BTreeMap<i64, Model>,
}

impl World {
    async fn new(runs: &std::path::Path) -> World {
        let store = Store::open(runs).await.unwrap();
        let registered = worker::register(&store, TRIALS).await.unwrap();
        let (sweep, keys) = (registered.sweep, registered.trials);
        let worker = || Worker {
            owner: Owner::new(runs).unwrap(),
            queue: Queue::new(sweep, keys.clone()),
            training: None,
        };
        let planned = Model {
            state: TrialState::Planned,
            attempts: 0,
            failed: 0,
            alive: false,
        };
        World {
            workers: (0..WORKERS).map(|_| worker()).collect(),
            model: keys.iter().map(|key| (*key, planned)).collect(),
            store,
            sweep,
            keys,
        }
    }

    async fn step(&mut self, step: Step, number: usize) {
        let worker = &mut self.workers[number];
        match (step, worker.training) {
            (Step::Claim, None) => self.claim(number).await,
            (Step::Die, training) => {
                worker.training = None;
                worker.owner = Owner::new(self.store.runs()).unwrap();
                worker.queue = Queue::new(self.sweep, self.keys.clone());
                if let Some(attempt) = training {
                    self.model.get_mut(&attempt.trial).unwrap().alive = false;
                }
            }
            (Step::Retry, _) => {
                let freed = self.store.retry_failed(&self.keys, ATTEMPTS, &self.keys);
                let freed = freed.await.unwrap();
                let failed = self.model.values_mut();
                let failed = failed.filter(|model| model.state == TrialState::Failed);
                let count = failed
                    .map(|model| model.state = TrialState::Planned)
                    .count();
                assert_eq!(freed, count);
                // As a new call of the sweep would; what a worker has claimed is not in its queue.
                for worker in &mut self.workers {
                    let claimed = worker.training.map(|attempt| attempt.trial);
                    let others = self
                        .keys
                        .iter()
                        .copied()
                        .filter(|key| Some(*key) != claimed);
                    worker.queue = Queue::new(self.sweep, others);
                }
            }
            (_, None) | (Step::Claim, Some(_)) => {}
            (_, Some(attempt)) => {
                let figures = worker::objective(attempt.trial);
                let (ending, state) = match step {
                    Step::Finish => (
                        Ending::Finished {
                            figures: &figures,
                            files: &[],
                        },
                        TrialState::Finished,
                    ),
                    Step::Diverge => (
                        Ending::Diverged {
                            epochs: 0,
                            reason: "infinite",
                            files: &[],
                        },
                        TrialState::Diverged,
                    ),
                    Step::Fail => {
                        let model = self.model.get_mut(&attempt.trial).unwrap();
                        model.failed += 1;
                        let state = match model.failed >= ATTEMPTS {
                            true => TrialState::Failed,
                            false => TrialState::Planned,
                        };
                        let ending = Ending::Failed {
                            error: "no memory",
                            attempts: ATTEMPTS,
                        };
                        (ending, state)
                    }
                    _ => (Ending::Interrupted, TrialState::Planned),
                };
                let ended = self
                    .store
                    .end_attempt(attempt, &ending, Usage::default(), || Ok(()))
                    .await;
                assert_eq!(ended.unwrap().trial, state);
                // It has ended: nobody can end it again.
                let again = self
                    .store
                    .end_attempt(attempt, &ending, Usage::default(), || Ok(()))
                    .await;
                assert!(again.is_err(), "an attempt ended twice");
                self.model.get_mut(&attempt.trial).unwrap().state = state;
                worker.training = None;
                if state == TrialState::Planned {
                    worker.queue.put_back(attempt.trial);
                }
            }
        }
    }

    /// A worker gets a free trial if there is one, else waits while others train, else goes home.
    async fn claim(&mut self, number: usize) {
        let worker = &mut self.workers[number];
        let next = self
            .store
            .claim(&mut worker.queue, &worker.owner, "numerics");
        let next = next.await.unwrap();
        let free = |model: &&Model| match model.state {
            TrialState::Planned => true,
            TrialState::Running => !model.alive,
            _ => false,
        };
        let running = self.model.values();
        let running = running.filter(|model| model.state == TrialState::Running && model.alive);
        let running = running.count();
        match next {
            Next::Train(claimed) => {
                let attempt = claimed.attempt;
                let model = self.model.get_mut(&attempt.trial).unwrap();
                assert!(free(&&*model), "{attempt:?} was claimed from {model:?}");
                model.attempts += 1;
                assert_eq!(attempt.number, model.attempts);
                (model.state, model.alive) = (TrialState::Running, true);
                worker.training = Some(attempt);
            }
            Next::Wait { elsewhere } => {
                assert_eq!(elsewhere, running);
                assert!(
                    !self.model.values().any(|model| free(&model)),
                    "a trial was overlooked"
                );
            }
            Next::Done => {
                assert_eq!(running, 0);
                assert!(
                    !self.model.values().any(|model| free(&model)),
                    "a trial was forgotten"
                );
            }
        }
    }

    /// The database knows what the model knows. Of a dead worker's trial it does not know yet.
    async fn assert_agrees(&self) {
        for row in self.store.trials().await.unwrap() {
            let model = self.model[&row.key];
            let (found, expected) = (row.state, model.state);
            let unnoticed = expected == TrialState::Running && !model.alive;
            assert!(found == expected || unnoticed && found == TrialState::Planned);
            assert_eq!(row.attempts, model.attempts);
            assert_eq!(row.figures.is_some(), expected == TrialState::Finished);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn whatever_workers_do_the_database_agrees_with_the_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let mut world = World::new(folder.path()).await;
            for (step, worker) in steps {
                world.step(step, worker).await;
                world.assert_agrees().await;
            }
        });
    }
}
