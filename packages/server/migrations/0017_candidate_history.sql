-- phase: expand
-- transaction: yes
-- Candidates in history and their retention; instances that are watched while they try one.

-- The candidate that an instance answers from; null: a revision.
alter table fleet_instances add column candidate bigint;

-- How often it was made anew on a newer revision.
alter table candidates add column rebuilt integer not null default 0;
-- False: it ended long ago, and of its entities only the names are kept, of a promoted one not even these.
alter table candidates add column has_contents boolean not null default true;

create index candidates_by_number on candidates (environment_id, number);
create index candidates_by_change on candidates (change_id);
create index candidates_to_forget on candidates (decided_at) where has_contents;
create index candidate_entities_by_key on candidate_entities (environment_id, kind, key);
