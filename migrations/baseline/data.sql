grant select on migrations to ringfence_system;

insert into organizations (id, kind, slug, name, pool_quota)
values ('00000000-0000-7000-8000-000000000001', 'platform', 'platform', 'Platform', null);
