-- Trials, the attempts at training them, and the sweeps that want them.
-- Times are UTC in RFC 3339. Numbers are finite. Keys are ours; ids are hashes (32 hexadecimal digits).

-- A sweep file as it was run on one dataset. Another dataset or task definition is another sweep.
create table sweeps (
    key integer primary key,
    dataset text not null,
    fingerprint text not null,
    name text not null,
    task text not null,
    definition text not null,               -- what the task asks, JSON
    summary text not null,                  -- classes and photographs of the task, JSON
    keep text not null check (keep in ('top', 'all')),
    text text not null,                     -- the sweep file as it was last run
    run_at text not null,                   -- when it was last run
    unique (fingerprint, name, definition)
);

create table trials (
    key integer primary key,
    id text not null unique,
    name text not null,
    trial text not null,                    -- all that determines the result, JSON
    configuration text not null,            -- what the seeds of one configuration share
    fingerprint text not null,
    definition text not null,
    state text not null check (state in ('planned', 'running', 'finished', 'diverged', 'failed')),
    -- The sweep that trained it, and its folder relative to runs/. Null until its first attempt.
    sweep_key integer references sweeps (key),
    folder text,
    -- Figures of the kept weights: there if and only if the trial is finished.
    accuracy double precision,
    loss double precision,
    best_epoch integer,
    epochs integer,
    parameters integer,
    multiply_adds integer,
    seconds double precision,
    weights_kept integer not null default 0 check (weights_kept in (0, 1)),
    check ((state = 'finished') = (accuracy is not null)),
    check ((state = 'finished') = (loss is not null))
);
create index trials_of_a_task on trials (fingerprint, definition, state);

-- Which sweep wants which trial, in the order of its plan.
create table sweep_trials (
    sweep_key integer not null references sweeps (key),
    trial_key integer not null references trials (key),
    position integer not null,
    pruned_at_epoch integer,                -- where this sweep gave it up; null: it did not
    primary key (sweep_key, trial_key)
);
create index sweeps_of_a_trial on sweep_trials (trial_key);

-- One try at training a trial, by one process. Immutable once ended.
create table attempts (
    trial_key integer not null references trials (key),
    number integer not null,                -- counted from 1
    owner text not null,                    -- runs/.workers/<owner>.lock is locked while it lives
    state text not null
        check (state in ('running', 'finished', 'diverged', 'failed', 'interrupted', 'lost')),
    error text,
    numerics text not null,                 -- what, beside the id, the bits depend on
    started_at text not null,
    ended_at text,
    primary key (trial_key, number),
    check ((state = 'running') = (ended_at is null))
);

-- The files of a finished trial, relative to its folder.
create table files (
    trial_key integer not null references trials (key),
    name text not null,
    bytes integer not null,
    blake3 text not null,
    primary key (trial_key, name)
);

-- Every epoch's figures of the attempt that runs or finished.
create table metrics (
    trial_key integer not null references trials (key),
    epoch integer not null,                 -- counted from 1
    split text not null check (split in ('train', 'validation')),
    name text not null,                     -- loss, accuracy, seconds
    value double precision not null,
    primary key (trial_key, epoch, split, name)
);
