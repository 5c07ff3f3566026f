-- What a task asks of a dataset, once instead of in each of its trials.
create table tasks (
    key integer primary key,
    fingerprint text not null,
    definition text not null,               -- what the task asks, JSON
    unique (fingerprint, definition)
);
insert into tasks (fingerprint, definition)
select fingerprint, definition from sweeps union select fingerprint, definition from trials;

-- Lists are read in this order.
create index sweeps_in_order on sweeps (dataset, name);

-- How each run of a sweep came about. Runs of older versions are absent.
create table sweep_runs (
    key integer primary key,
    sweep_key integer not null references sweeps (key),
    plan integer not null,
    run_at text not null,
    text text not null,                     -- the sweep file
    overrides text not null,                -- what the command line changed in it, a JSON list
    provenance text                         -- command, git, versions, machine, JSON; null: not known
);
create index runs_of_a_sweep on sweep_runs (sweep_key);

-- The run of a sweep that began the attempt, and what it took. Null: not known.
alter table attempts add column sweep_run_key integer references sweep_runs (key);
alter table attempts add column cpu_seconds double precision;
-- The highest that was seen of the whole process while the attempt ran.
alter table attempts add column peak_memory_bytes integer;

-- Settings become columns, by which lists are filtered and sorted. Of an imported trial those that are known.
create table new_trials (
    key integer primary key,
    id text not null unique,
    name text not null,
    task_key integer not null references tasks (key),
    state text not null check (state in ('planned', 'running', 'finished', 'diverged', 'failed')),
    -- The sweep that it is listed under: that trained it or, before its first attempt, the first that wanted it.
    listed_key integer not null references sweeps (key),
    -- The sweep that trained it, and its folder relative to runs/. Null until its first attempt.
    sweep_key integer references sweeps (key),
    folder text,
    -- When its last attempt ended.
    ended_at text,
    -- Figures of the kept weights: none unless the trial is finished, and accuracy if it is.
    accuracy double precision,
    loss double precision,
    best_epoch integer,
    epochs integer,
    parameters integer,
    multiply_adds integer,
    seconds double precision,
    weights_kept integer not null default 0 check (weights_kept in (0, 1)),
    seed integer,
    kernel_size_1 integer,
    kernel_size_2 integer,
    kernel_num integer,
    dense_size integer,
    dropout_rate double precision,
    lambda double precision,
    max_epochs integer,
    batch_size integer,
    learning_rate double precision,
    patience integer,
    threads integer,
    configuration text not null,            -- what the seeds of one configuration share
    trial text not null,                    -- all that is known of what determines the result, JSON
    check ((state = 'finished') = (accuracy is not null)),
    check (state = 'finished' or loss is null)
);
insert into new_trials
    (key, id, name, task_key, state, listed_key, sweep_key, folder, ended_at, accuracy, loss, best_epoch, epochs,
     parameters, multiply_adds, seconds, weights_kept, seed, kernel_size_1, kernel_size_2, kernel_num, dense_size,
     dropout_rate, lambda, max_epochs, batch_size, learning_rate, patience, threads, configuration, trial)
select trials.key, id, trials.name, tasks.key, state,
    coalesce(trials.sweep_key,
        (select min(wish.sweep_key) from sweep_trials as wish where wish.trial_key = trials.key),
        (select min(sweeps.key) from sweeps)),
    trials.sweep_key, folder,
    (select max(ended_at) from attempts where attempts.trial_key = trials.key),
    accuracy, loss, best_epoch, epochs, parameters, multiply_adds, seconds, weights_kept,
    coalesce(json_extract(trial, '$.seed'), json_extract(trial, '$.imported.seed')),
    coalesce(json_extract(trial, '$.hyperparameters.kernel_size_1'),
        json_extract(trial, '$.imported.settings.kernel_size_1')),
    coalesce(json_extract(trial, '$.hyperparameters.kernel_size_2'),
        json_extract(trial, '$.imported.settings.kernel_size_2')),
    coalesce(json_extract(trial, '$.hyperparameters.kernel_num'),
        json_extract(trial, '$.imported.settings.kernel_num')),
    coalesce(json_extract(trial, '$.hyperparameters.dense_size'),
        json_extract(trial, '$.imported.settings.dense_size')),
    coalesce(json_extract(trial, '$.hyperparameters.dropout_rate'),
        json_extract(trial, '$.imported.settings.dropout_rate')),
    coalesce(json_extract(trial, '$.hyperparameters.lambda'),
        json_extract(trial, '$.imported.settings.lambda')),
    coalesce(json_extract(trial, '$.train.epochs'), json_extract(trial, '$.imported.settings.epochs')),
    coalesce(json_extract(trial, '$.train.batch_size'), json_extract(trial, '$.imported.settings.batch_size')),
    coalesce(json_extract(trial, '$.train.learning_rate'),
        json_extract(trial, '$.imported.settings.learning_rate')),
    coalesce(json_extract(trial, '$.train.patience'), json_extract(trial, '$.imported.settings.patience')),
    coalesce(json_extract(trial, '$.train.threads'), json_extract(trial, '$.imported.settings.threads')),
    configuration, trial
from trials
join tasks on tasks.fingerprint = trials.fingerprint and tasks.definition = trials.definition;
drop table trials;
alter table new_trials rename to trials;
create index trials_of_a_task on trials (task_key, state, accuracy);
create index trials_of_a_sweep on trials (listed_key, accuracy);
-- All that trials are filtered and sorted by: no list reads the table but for the trials that it shows.
create index trials_by_accuracy on trials
    (accuracy, parameters, loss, state, listed_key, ended_at, best_epoch, epochs, multiply_adds, seconds, seed,
     kernel_size_1, kernel_size_2, kernel_num, dense_size, dropout_rate, lambda, max_epochs, batch_size,
     learning_rate, patience, threads);

-- One row for each epoch of the attempt that runs or finished. What an imported trial lacks is null.
create table epochs (
    trial_key integer not null references trials (key),
    epoch integer not null,                 -- counted from 1
    train_loss double precision,
    train_accuracy double precision,
    validation_loss double precision,
    validation_accuracy double precision,
    seconds double precision,
    primary key (trial_key, epoch)
) without rowid;
insert into epochs (trial_key, epoch, train_loss, train_accuracy, validation_loss, validation_accuracy, seconds)
select trial_key, epoch,
    max(case when split = 'train' and name = 'loss' then value end),
    max(case when split = 'train' and name = 'accuracy' then value end),
    max(case when split = 'validation' and name = 'loss' then value end),
    max(case when split = 'validation' and name = 'accuracy' then value end),
    max(case when split = 'train' and name = 'seconds' then value end)
from metrics
group by trial_key, epoch
order by trial_key, epoch;
drop table metrics;
-- One row for each value, for whoever reads this database with other tools.
create view metrics (trial_key, epoch, split, name, value) as
select trial_key, epoch, 'train', 'loss', train_loss from epochs where train_loss is not null
union all
select trial_key, epoch, 'train', 'accuracy', train_accuracy from epochs where train_accuracy is not null
union all
select trial_key, epoch, 'validation', 'loss', validation_loss from epochs where validation_loss is not null
union all
select trial_key, epoch, 'validation', 'accuracy', validation_accuracy from epochs
where validation_accuracy is not null
union all
select trial_key, epoch, 'train', 'seconds', seconds from epochs where seconds is not null;

-- What people call trials, and say of them.
create table tags (
    trial_key integer not null references trials (key),
    tag text not null,
    primary key (trial_key, tag)
) without rowid;
create index trials_of_a_tag on tags (tag);
create table notes (
    trial_key integer primary key references trials (key),
    note text not null
);
