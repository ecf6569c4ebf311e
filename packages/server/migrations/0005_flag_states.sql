-- phase: expand
-- transaction: yes

-- What lists show of flags and segments in an environment, so that no configuration is parsed for a list. Rows are written in
-- the transaction that writes the entity, whoever does that, and follow its newest living version; there is none for an
-- entity that was archived.
create table flag_states (
  environment_id uuid not null,
  key text collate "C" not null,
  enabled boolean not null,
  serves text not null,
  revision bigint not null,
  changed_at timestamptz not null,
  primary key (environment_id, key)
);

insert into flag_states (environment_id, key, enabled, serves, revision, changed_at)
select n.environment_id, n.key, (n.json::json ->> 'enabled')::boolean,
  case
    when not (n.json::json ->> 'enabled')::boolean then 'off'
    when coalesce(json_array_length(n.json::json -> 'prerequisites'), 0) + coalesce(json_array_length(n.json::json -> 'targets'), 0)
      + coalesce(json_array_length(n.json::json -> 'rules'), 0) > 0 then 'rules'
    else coalesce(n.json::json -> 'default' ->> 'variant', 'rollout')
  end,
  n.revision, r.at
from (
  select distinct on (environment_id, key) environment_id, key, revision, json from entity_versions
  where kind = 'flag' order by environment_id, key, revision desc
) n join revisions r on r.environment_id = n.environment_id and r.revision = n.revision
where n.json is not null;

-- A page of flags asks for a hundred flags in all environments.
create index flag_states_by_key on flag_states (key);

create table segment_states (
  environment_id uuid not null,
  key text collate "C" not null,
  included int not null,
  excluded int not null,
  conditions int not null,
  revision bigint not null,
  changed_at timestamptz not null,
  primary key (environment_id, key)
);

insert into segment_states (environment_id, key, included, excluded, conditions, revision, changed_at)
select n.environment_id, n.key, coalesce(json_array_length(n.json::json -> 'included'), 0),
  coalesce(json_array_length(n.json::json -> 'excluded'), 0), coalesce(json_array_length(n.json::json -> 'conditions'), 0),
  n.revision, r.at
from (
  select distinct on (environment_id, key) environment_id, key, revision, json from entity_versions
  where kind = 'segment' order by environment_id, key, revision desc
) n join revisions r on r.environment_id = n.environment_id and r.revision = n.revision
where n.json is not null;

-- changed_at: of the flag itself, not of its configurations. search: every text of it; folded_name: its name; both folded to
-- lower case by the program, because how a database folds depends on its locale. The defaults are for programs of the version
-- before, which may write while an upgrade is under way.
alter table flags add column changed_at timestamptz not null default now(), add column search text not null default '',
  add column folded_name text not null default '';
alter table projects add column folded_name text not null default '';
alter table environments add column folded_name text not null default '';

update flags f set changed_at = coalesce(f.archived_at, f.created_at), folded_name = lower(f.name),
  search = lower(concat_ws(E'\n', f.key, f.name, f.description, f.owner, array_to_string(f.tags, E'\n')));
update projects set folded_name = lower(name);
update environments set folded_name = lower(name);

-- When a flag was described anew is told only by the audit entries of its project.
update flags f set changed_at = greatest(f.changed_at, told.at)
from (
  select chain, body::json ->> 'flag' as key, max((body::json ->> 'at')::timestamptz) as at from audit_entries
  where chain like 'project:%' and body like '%"flag":%' group by 1, 2
) told
where told.chain = 'project:' || f.project_id and told.key = f.key;

create index flags_by_key on flags (project_id, key collate "C");

-- Filters of the flag list that a person keeps.
create table saved_filters (
  id uuid primary key,
  person_id uuid not null references people (id),
  project_id uuid not null references projects (id),
  name text not null,
  query text not null,
  created_at timestamptz not null,
  unique (person_id, project_id, name)
);
