-- phase: expand
-- transaction: yes

-- The flag that a change is about beside its configurations: one that was made, renamed, described, tagged or archived. Such a
-- change may write no entity, and is found by this.
alter table changes add column flag text;
create index changes_by_flag on changes (project_id, flag, number desc) where flag is not null;

-- Who made a token, as changes name them (`person:...`, `token:...`); null: made before this was noted, or at the setup.
alter table tokens add column created_by_id text;
create index tokens_by_maker on tokens (created_by_id) where created_by_id is not null;
