-- phase: expand
-- transaction: yes
-- How things are used: sums of evaluations over longer times, and when a key was last used.

-- One flag's minutes, newest or all, without reading those of the others.
create index exposure_counts_by_flag on exposure_counts (environment_id, flag, minute);

-- The counts once more, by hour and by day in UTC: a chart of a year reads thousands of rows, not millions.
create table exposure_sums (
  environment_id uuid not null,
  step text not null check (step in ('hour', 'day')),
  flag text not null,
  at timestamptz not null,
  variant text not null,
  failed boolean not null,
  count bigint not null,
  primary key (environment_id, step, flag, at, variant, failed)
);
create index exposure_sums_by_time on exposure_sums (environment_id, step, at);

insert into exposure_sums (environment_id, step, flag, at, variant, failed, count)
  select environment_id, step, flag, date_trunc(step, minute, 'UTC'), variant, reason = 'ERROR', least(sum(count), 9007199254740991)::bigint
  from exposure_counts, (values ('hour'), ('day')) as steps (step) group by 1, 2, 3, 4, 5, 6;

-- Written seconds after the fact by whoever folds what edges say; no foreign key, so that writing it locks no key.
create table key_usage (
  key_id text primary key,
  last_used_at timestamptz not null
);
