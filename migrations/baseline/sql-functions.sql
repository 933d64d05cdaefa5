-- Which text each function was last made from (migrations/functions/apply.ts). The API compares it at its start.
create table sql_functions (
  name text primary key,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  made_at timestamptz not null default now()
);
grant select on sql_functions to ringfence_system;
