-- phase: expand
-- transaction: yes

-- Which role a person has where: in the installation (both null), a project, or one environment of it.
create table grants (
  person_id uuid not null,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  project_id uuid references projects (id),
  environment_id uuid references environments (id),
  check (environment_id is null or project_id is not null),
  unique nulls not distinct (person_id, project_id, environment_id)
);
create index grants_by_project on grants (project_id);

alter table tokens add column environment_id uuid references environments (id);
