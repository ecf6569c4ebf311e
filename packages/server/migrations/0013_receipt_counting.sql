-- phase: expand
-- transaction: yes
-- Whether what is counted of receipts can be believed: a count of none may come from a worker that does not work, or from
-- tables that a crash of the database has just emptied.

-- One row. Unlogged as the others, so that it is lost with them.
create unlogged table fleet_counting (
  one boolean primary key default true check (one),
  -- Since when receipts were worked off without a gap; when they were last.
  since timestamptz not null,
  at timestamptz not null
);
