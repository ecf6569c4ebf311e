-- phase: expand
-- transaction: yes

-- The bus inside the database: an ordered log and a work queue. Written by packages/bus only.

-- One row for each stream. Its lock puts the appenders of a stream in line, so positions have no gap.
create table bus_streams (
  stream text primary key,
  last_position bigint not null default 0 check (last_position >= 0),
  last_id text,
  check ((last_position = 0) = (last_id is null))
);

create table bus_log (
  stream text not null,
  position bigint not null check (position > 0),
  id text not null,
  checkpoint boolean not null,
  body bytea not null,
  appended_at timestamptz not null default now(),
  primary key (stream, position),
  unique (stream, id)
);

-- Finds the newest checkpoint of a stream.
create index bus_log_checkpoints on bus_log (stream, position) where checkpoint;

-- Items come and go by the thousand: vacuum by count, so that `take` does not wade through dead rows.
create table bus_queue (
  queue text not null,
  id text not null,
  seq bigint generated always as identity,
  body bytea not null,
  -- Null: never taken. In the past: the lease ended before the item was done, and it can be taken again.
  leased_until timestamptz,
  pushed_at timestamptz not null default now(),
  primary key (queue, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Serves `take`: oldest first, leased rows skipped. Does not hold leased_until, so that taking an item writes no index.
create index bus_queue_oldest on bus_queue (queue, seq);
