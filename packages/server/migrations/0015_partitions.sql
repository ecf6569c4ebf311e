-- phase: expand
-- transaction: yes
-- Counts by minute, and their sums, in partitions of time: what is old is dropped with its partition instead of row by row.
-- What is there becomes the partition for all that has none of its own, so nothing is copied here: housekeeping makes the
-- partitions, today's and the next ones too, and moves into them what belongs there.

alter table exposure_counts rename to exposure_counts_rest;
alter index exposure_counts_pkey rename to exposure_counts_rest_pkey;
alter index exposure_counts_by_flag rename to exposure_counts_rest_by_flag;
create table exposure_counts (like exposure_counts_rest) partition by range (minute);
alter table exposure_counts add primary key (environment_id, minute, flag, variant, reason, rule, revision);
create index exposure_counts_by_flag on exposure_counts (environment_id, flag, minute);
alter table exposure_counts attach partition exposure_counts_rest default;

alter table exposure_sums rename to exposure_sums_rest;
alter index exposure_sums_pkey rename to exposure_sums_rest_pkey;
alter index exposure_sums_by_time rename to exposure_sums_rest_by_time;
create table exposure_sums (like exposure_sums_rest) partition by range (at);
alter table exposure_sums add constraint exposure_sums_step_check check (step in ('hour', 'day'));
alter table exposure_sums add primary key (environment_id, step, flag, at, variant, failed);
create index exposure_sums_by_time on exposure_sums (environment_id, step, at);
alter table exposure_sums attach partition exposure_sums_rest default;

-- A page of flags asks for a hundred flags in some environments. Flags of the same key are in as many environments as there are
-- projects with it: by key alone 20,000 rows were looked at for a page of 100, in 1,000 environments.
drop index flag_states_by_key;
create index flag_states_by_key on flag_states (key, environment_id);
