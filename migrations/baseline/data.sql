grant select on migrations to ringfence_system;

-- Forced row-level security binds the owner of the table as well, unless the owner is a superuser.
alter table organizations no force row level security;
insert into organizations (id, kind, slug, name, pool_quota)
values ('00000000-0000-7000-8000-000000000001', 'platform', 'platform', 'Platform', null);
alter table organizations force row level security;
