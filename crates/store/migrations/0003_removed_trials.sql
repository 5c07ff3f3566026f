-- Trials that were removed. Their keys are never given again: a process that still knows one must not find another
-- trial there.
create table removed_trials (
    key integer primary key,
    id text not null,
    removed_at text not null
);
