-- phase: expand
-- transaction: yes
-- Receipts: who follows an environment, and how far its revisions have come.

-- When a revision was written, on the clock that all processes share; the time of its change is that of one process. Null:
-- written before.
alter table revisions add column written_at timestamptz;
alter table revisions alter column written_at set default clock_timestamp();

-- Rows that followers say again within a minute, so they need no log.
create unlogged table fleet_edges (
  environment_id uuid not null,
  edge text not null,
  sequence bigint not null,
  version text not null,
  host text not null,
  epoch bigint,
  revision bigint,
  applied_at timestamptz,
  age_ms bigint,
  problem text,
  -- JSON: [epoch, revision, instances] of the newest places of its live instances; those at older ones, or at none.
  counts text not null,
  older bigint not null,
  uncounted bigint not null,
  -- JSON: instances that lag, by name.
  laggards text not null,
  seen_at timestamptz not null,
  primary key (environment_id, edge)
);

create unlogged table fleet_instances (
  environment_id uuid not null,
  edge text not null,
  instance text not null,
  sdk text not null,
  host text not null,
  epoch bigint,
  revision bigint,
  applied_at timestamptz,
  age_ms bigint,
  problem text,
  seen_at timestamptz not null,
  primary key (environment_id, edge, instance)
);

-- How long a revision took to an edge, and from there to how many of its instances by bucket (JSON).
create unlogged table fleet_deliveries (
  environment_id uuid not null,
  epoch bigint not null,
  revision bigint not null,
  edge text not null,
  edge_ms double precision not null,
  histogram text not null,
  at timestamptz not null,
  primary key (environment_id, epoch, revision, edge)
);
