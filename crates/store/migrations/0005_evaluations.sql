-- Which model of a task is used, where it is not the first of the leaderboard.
create table selections (
    fingerprint text not null,
    definition text not null,
    preference text not null check (preference in ('cheapest', 'pinned')),
    trial_key integer references trials (key),
    chosen_at text not null,
    primary key (fingerprint, definition),
    check ((preference = 'pinned') = (trial_key is not null))
);

-- Each time that test photographs were read for a task's model. Rows are only ever added, and stay when the trial is
-- removed: its id stands here, not its key.
create table evaluations (
    key integer primary key,
    dataset text not null,                  -- its name at that time
    fingerprint text not null,
    definition text not null,
    task text not null,                     -- its name at that time
    trial_id text not null,
    trial_name text not null,
    evaluated_at text not null,
    photographs integer not null,           -- test photographs of the task, without mirrored copies
    accuracy double precision not null check (accuracy between 0 and 1),    -- counted by photographs
    photographs_read integer not null,      -- all that the model was shown
    predictions_blake3 text not null        -- of the file with what it said
);
create index evaluations_of_a_task on evaluations (fingerprint, definition);
