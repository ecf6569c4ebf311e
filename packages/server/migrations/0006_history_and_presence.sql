-- phase: expand
-- transaction: yes

-- changes ----------------------------------------------------------------------------------------------------------

alter table changes add column author_id text;
-- The change that this one puts back, or a part of it.
alter table changes add column reverts uuid references changes (id);
create index changes_by_reverted on changes (reverts) where reverts is not null;

-- The change's number beside each revision, so that a page of an environment's history is found without reading what is
-- newer. A trigger fills it: a process of the version before writes revisions too while an upgrade is under way.
alter table revisions add column number bigint;
update revisions set number = changes.number from changes where changes.id = revisions.change_id;
alter table revisions alter column number set not null;
create unique index revisions_by_number on revisions (environment_id, number);

create function number_revision() returns trigger language plpgsql as $$
begin
  select changes.number into new.number from changes where changes.id = new.change_id;
  return new;
end $$;
create trigger revisions_numbered before insert on revisions for each row execute function number_revision();

-- presence ---------------------------------------------------------------------------------------------------------

-- Rows live for seconds and mean nothing after a restart, so they need no log.
create unlogged table presence (
  person_id uuid not null,
  page text not null,
  project_id uuid not null,
  environment_id uuid,
  name text not null,
  doing text not null check (doing in ('viewing', 'editing')),
  flag text,
  segment text,
  seen_at timestamptz not null,
  primary key (person_id, page)
);
create index presence_by_project on presence (project_id, seen_at);
