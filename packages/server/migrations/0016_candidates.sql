-- phase: expand
-- transaction: yes
-- Staged publication: a change that is tried on canary edges before it takes a revision.

-- How long it has to stay healthy there; null: the environment publishes at once. In the row that every write locks anyway.
alter table revision_counters add column hold_seconds integer check (hold_seconds between 5 and 86400);
-- The change whose candidate is tried; null: none is.
alter table revision_counters add column tried uuid;
-- The number of the newest candidate.
alter table revision_counters add column candidates bigint not null default 0;

create table candidates (
  environment_id uuid not null,
  change_id uuid not null references changes (id),
  -- Counted in the environment; another one each time that it is made anew on a newer base.
  number bigint not null,
  epoch bigint not null,
  -- The revision that it is made on.
  base bigint not null,
  state text not null check (state in ('tried', 'promoted', 'withdrawn')),
  confirmations text[] not null,
  -- Since when it has this number, on the clock that all processes share.
  since timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  decided_by text,
  why text,
  primary key (environment_id, change_id)
);
create unique index candidates_tried on candidates (environment_id) where state = 'tried';

create table candidate_entities (
  environment_id uuid not null,
  change_id uuid not null,
  kind text not null,
  key text not null,
  json text,
  sha256 text,
  -- Of the version that it was made from; null: there was none.
  before text,
  primary key (environment_id, change_id, kind, key),
  foreign key (environment_id, change_id) references candidates
);

-- What an edge says as a canary, as JSON; null: it is none.
alter table fleet_edges add column canary text;
