-- phase: expand
-- transaction: yes

-- What the author of a change confirmed although a guard would refuse it: it ends in the head of the revision.
alter table revisions add column confirmations text[] not null default '{}';

-- Entities whose newest text is not published, because the revision that wrote it did not pass the gate. Published is the
-- version before `since`, or none; the newest one up to the publication is what waits for a change that mends it.
create table withheld (
  environment_id uuid not null,
  kind text not null,
  key text not null,
  since bigint not null,
  problem text not null,
  confirmations text[] not null,
  primary key (environment_id, kind, key)
);
