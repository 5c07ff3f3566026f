-- What an attempt could not do beside training: what TensorBoard did not get of it, for example.
alter table attempts add column warning text;

-- Sweeps that others ran and logged: where the logs lie. Null: this program ran it.
alter table sweeps add column imported_from text;

-- Their trials may have no loss, so that check goes; everything else stays. SQLite drops no check: the table is made
-- anew, while references to it are not enforced.
create table new_trials (
    key integer primary key,
    id text not null unique,
    name text not null,
    trial text not null,                    -- all that is known of what determines the result, JSON
    configuration text not null,            -- what the seeds of one configuration share
    fingerprint text not null,
    definition text not null,
    state text not null check (state in ('planned', 'running', 'finished', 'diverged', 'failed')),
    -- The sweep that trained it, and its folder relative to runs/. Null until its first attempt.
    sweep_key integer references sweeps (key),
    folder text,
    -- Figures of the kept weights: none unless the trial is finished, and accuracy if it is.
    accuracy double precision,
    loss double precision,
    best_epoch integer,
    epochs integer,
    parameters integer,
    multiply_adds integer,
    seconds double precision,
    weights_kept integer not null default 0 check (weights_kept in (0, 1)),
    check ((state = 'finished') = (accuracy is not null)),
    check (state = 'finished' or loss is null)
);
insert into new_trials
    (key, id, name, trial, configuration, fingerprint, definition, state, sweep_key, folder, accuracy, loss,
     best_epoch, epochs, parameters, multiply_adds, seconds, weights_kept)
select key, id, name, trial, configuration, fingerprint, definition, state, sweep_key, folder, accuracy, loss,
    best_epoch, epochs, parameters, multiply_adds, seconds, weights_kept
from trials;
drop table trials;
alter table new_trials rename to trials;
create index trials_of_a_task on trials (fingerprint, definition, state);
