-- phase: expand
-- transaction: yes

-- Connections: OpenID Connect providers that people sign in with. The client secret is sealed with the installation's
-- secret. Grants and groups are JSON that names projects and environments by key: keys are never used twice.
create table connections (
  id uuid primary key,
  key text not null unique,
  name text not null,
  issuer text not null,
  client_id text not null,
  client_secret bytea not null,
  domains text[] not null,
  provision boolean not null,
  grants text not null,
  groups text,
  created_at timestamptz not null,
  archived_at timestamptz,
  version bigint not null default 1
);

-- Whom a provider calls how. An e-mail address changes hands; what a provider calls somebody does not.
create table connection_people (
  connection_id uuid not null references connections (id),
  subject text not null,
  person_id uuid not null references people (id),
  created_at timestamptz not null,
  primary key (connection_id, subject)
);
create index connection_people_by_person on connection_people (person_id);

-- Which of a person's grants their groups gave: only these are taken away again.
create table connection_grants (
  connection_id uuid not null references connections (id),
  person_id uuid not null references people (id),
  role text not null check (role in ('viewer', 'editor', 'admin')),
  project_id uuid references projects (id),
  environment_id uuid references environments (id),
  unique nulls not distinct (connection_id, person_id, project_id, environment_id)
);

-- Sign-ins that came back from their provider: each does so once.
create table connection_returns (
  sha256 text primary key,
  expires_at timestamptz not null
);
