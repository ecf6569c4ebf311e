-- phase: expand
-- transaction: yes
-- The content model. Runs unchanged on PostgreSQL 15+ and on the embedded one (18).

-- Rows of history are written once. The chain shows tampering; this stops accidents.
create function refuse_rewrite() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- audit ------------------------------------------------------------------------------------------------------------

-- One chain for each environment, one for each project (what touches no environment), one for the installation.
create table audit_chains (
  chain text primary key,
  number bigint not null default 0,
  hash text not null default ''
);

create table audit_entries (
  chain text not null,
  number bigint not null,
  body text not null,
  previous text not null,
  hash text not null,
  primary key (chain, number)
);
create trigger audit_entries_append_only before update or delete on audit_entries
  for each row execute function refuse_rewrite();
create trigger audit_entries_stay before truncate on audit_entries execute function refuse_rewrite();

-- changes ----------------------------------------------------------------------------------------------------------

create table changes (
  id uuid primary key,
  number bigint generated always as identity unique,
  project_id uuid,
  action text not null,
  state text not null check (state in ('draft', 'in review', 'candidate', 'applied', 'refused')),
  author text not null,
  reason text,
  at timestamptz not null
);
create index changes_by_project on changes (project_id, number desc);

-- The row lock on an environment's line makes commit order equal revision order.
create table revision_counters (
  environment_id uuid primary key,
  epoch bigint not null default 1,
  revision bigint not null default 0,
  -- A closed line takes no more revisions: its environment is archived.
  closed boolean not null default false
);

-- The outbox: contiguous in each environment.
create table revisions (
  environment_id uuid not null,
  revision bigint not null,
  epoch bigint not null,
  change_id uuid not null references changes (id),
  at timestamptz not null,
  primary key (environment_id, revision)
);
create index revisions_by_change on revisions (change_id);

-- json is the entity's exact text, null when the revision deleted it.
create table entity_versions (
  environment_id uuid not null,
  kind text not null check (kind in ('flag', 'segment', 'chunk', 'key')),
  key text not null,
  revision bigint not null,
  json text,
  sha256 text,
  primary key (environment_id, kind, key, revision),
  check ((json is null) = (sha256 is null))
);
create index entity_versions_by_revision on entity_versions (environment_id, revision);
create trigger entity_versions_append_only before update or delete on entity_versions
  for each row execute function refuse_rewrite();
create trigger entity_versions_stay before truncate on entity_versions execute function refuse_rewrite();

-- The answer is sealed with a key derived from the caller's idempotency key, which is stored as a hash only:
-- answers that hold a new secret are not readable in a dump.
create table idempotency_records (
  id text primary key,
  fingerprint text not null,
  answer bytea,
  at timestamptz not null
);
create index idempotency_records_by_age on idempotency_records (at);

-- projects ---------------------------------------------------------------------------------------------------------

create table projects (
  id uuid primary key,
  key text not null unique,
  name text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  version bigint not null default 1
);

create table environments (
  id uuid primary key,
  project_id uuid not null references projects (id),
  key text not null,
  name text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  version bigint not null default 1,
  unique (project_id, key)
);

-- access -----------------------------------------------------------------------------------------------------------

create table setup_secrets (
  sha256 text primary key,
  created_at timestamptz not null
);

create table tokens (
  id text primary key,
  sha256 text not null,
  name text not null,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  project_id uuid references projects (id),
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

create table keys (
  id text primary key,
  project_id uuid not null references projects (id),
  kind text not null check (kind in ('server', 'client', 'relay')),
  sha256 text not null,
  name text not null,
  environment_ids uuid[] not null,
  origins text[] not null,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz
);
create index keys_by_project on keys (project_id, id);

-- flags ------------------------------------------------------------------------------------------------------------

create table flags (
  id uuid primary key,
  project_id uuid not null references projects (id),
  key text not null,
  type text not null check (type in ('boolean', 'string', 'number', 'object')),
  name text not null,
  description text not null,
  owner text not null,
  tags text[] not null,
  variants text[] not null,
  -- The configuration, as JSON, that the flag starts with in an environment made later.
  initial text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  version bigint not null default 1,
  unique (project_id, key)
);

-- publishing -------------------------------------------------------------------------------------------------------

create table heads (
  environment_id uuid not null,
  epoch bigint not null,
  revision bigint not null,
  head text not null,
  hash text not null,
  published_at timestamptz not null,
  primary key (environment_id, epoch, revision)
);

create table publications (
  environment_id uuid primary key,
  epoch bigint not null,
  revision bigint not null,
  hash text not null
);

-- insights ---------------------------------------------------------------------------------------------------------

-- One row for each SDK or edge instance, not for each batch: everything up to `folded_to` was folded or given up, `ahead`
-- holds the numbers folded above it. `batches` counts what was folded, so `highest - batches` is what is missing.
create table exposure_senders (
  environment_id uuid not null,
  instance text not null,
  sdk text not null,
  folded_to bigint not null default 0,
  ahead bigint[] not null default '{}',
  batches bigint not null default 0,
  highest bigint not null default 0,
  dropped bigint not null default 0,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (environment_id, instance)
);

create table exposure_counts (
  environment_id uuid not null,
  minute timestamptz not null,
  flag text not null,
  variant text not null,
  reason text not null,
  rule text not null,
  revision bigint not null,
  count bigint not null,
  primary key (environment_id, minute, flag, variant, reason, rule, revision)
);
