-- phase: expand
-- transaction: yes

-- Requests a second of each kind that a key may send to one edge; null: what the edge allows every key.
alter table keys add column rate_limit integer check (rate_limit between 1 and 100000);
