-- phase: expand
-- transaction: yes

-- People, how they sign in, and what lets a new one in. Of secrets there are hashes here, or texts sealed with the
-- installation's secret, which is not in the database.

create table people (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  name text not null,
  image text,
  disabled_at timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1
);

alter table grants add constraint grants_of_person foreign key (person_id) references people (id);

-- How a person proves who they are: a password (argon2id). The columns are those that the sign-in library expects.
create table credentials (
  id uuid primary key,
  person_id uuid not null references people (id),
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index credentials_by_person on credentials (person_id);

-- The token alone opens nothing: the cookie is the token with its signature.
create table sessions (
  id uuid primary key,
  token text not null unique,
  person_id uuid not null references people (id),
  address text,
  user_agent text,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_by_person on sessions (person_id);

-- A sign-in whose password was right and whose code is still to come.
create table verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_by_identifier on verifications (identifier);

-- The app that shows codes. `last_step` is the newest time step whose code was used: a code is good once.
create table totp (
  person_id uuid primary key references people (id),
  secret bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0
);

create table recovery_codes (
  person_id uuid not null references people (id),
  hash text not null,
  primary key (person_id, hash)
);

create table invitations (
  id uuid primary key,
  sha256 text not null unique,
  email text not null check (email = lower(email)),
  name text,
  created_at timestamptz not null,
  created_by text not null,
  created_by_id text not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);

create table invitation_grants (
  invitation_id uuid not null references invitations (id),
  role text not null check (role in ('viewer', 'editor', 'admin')),
  project_id uuid references projects (id),
  environment_id uuid references environments (id),
  check (environment_id is null or project_id is not null),
  unique nulls not distinct (invitation_id, project_id, environment_id)
);

create table password_resets (
  sha256 text primary key,
  person_id uuid not null references people (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- Counters of attempts by the hash of what was tried; the columns are those of the limiter that writes it.
create table sign_in_attempts (
  key text primary key,
  points integer not null default 0,
  expire bigint
);

-- One row: tells whether a process has the same installation secret as the others.
create table secret_check (
  id integer primary key check (id = 1),
  hmac text not null
);
