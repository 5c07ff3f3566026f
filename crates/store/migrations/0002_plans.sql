-- What the command line changed in the sweep file when it was last run: `--set` arguments, a JSON list.
alter table sweeps add column overrides text not null default '[]';
-- Each run of a sweep makes a new plan. What an older plan left untrained is not wanted any more.
alter table sweeps add column plan integer not null default 1;
-- The last plan that had the trial.
alter table sweep_trials add column plan integer not null default 1;
