-- phase: expand
-- transaction: yes
-- Which publisher publishes which environment. Leases are taken anew within seconds, so none of this needs a log: a renewal
-- waits for neither disk nor standby, and a database that crashed or was promoted begins with none.

create unlogged table publishers (
  id uuid primary key,
  -- Where it runs, for people.
  host text not null,
  -- By this database's clock; renewed every second. Past it, what it held is anybody's.
  until timestamptz not null
);

create unlogged table publication_leases (
  environment_id uuid primary key,
  publisher uuid not null,
  since timestamptz not null default clock_timestamp()
);
create index on publication_leases (publisher);
