create or replace function place_phone_numbers()
returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_fold boolean := random() < 0.1;
begin
  if tg_op = 'INSERT' then
    with delta as (
      select organization_id, list, place, sum(numbers)::integer as numbers from (
      select g.organization_id, p.list, p.place, g.numbers from (
        select n.organization_id, left(n.id::text, 10) as made, left(n.e164, 8) as beginning, n.assigned_agent_id,
          count(*) as numbers
        from new_rows n where n.lifecycle <> 'released' group by 1, 2, 3, 4) g
      cross join lateral (values
        ('id', left(g.made, 6)),
        ('id ' || left(g.made, 6), g.made),
        ('number', left(g.beginning, 5)),
        ('number ' || left(g.beginning, 5), g.beginning),
        ('agent', g.assigned_agent_id::text)
      ) p(list, place)
      where p.place is not null) c
      group by 1, 2, 3 having sum(numbers) <> 0
    ), held as (
      select p.ctid as at from phone_number_places p join delta d using (organization_id, list, place)
      where v_fold for update of p skip locked
    ), folded as (
      delete from phone_number_places p where p.ctid in (select at from held)
      returning organization_id, list, place, numbers
    )
    insert into phone_number_places (organization_id, list, place, numbers)
    select organization_id, list, place, sum(numbers) from (select * from delta union all select * from folded) s
    group by 1, 2, 3 having sum(numbers) <> 0;
  elsif tg_op = 'DELETE' then
    with delta as (
      select organization_id, list, place, sum(numbers)::integer as numbers from (
      select g.organization_id, p.list, p.place, g.numbers from (
        select n.organization_id, left(n.id::text, 10) as made, left(n.e164, 8) as beginning, n.assigned_agent_id,
          -count(*) as numbers
        from old_rows n where n.lifecycle <> 'released' group by 1, 2, 3, 4) g
      cross join lateral (values
        ('id', left(g.made, 6)),
        ('id ' || left(g.made, 6), g.made),
        ('number', left(g.beginning, 5)),
        ('number ' || left(g.beginning, 5), g.beginning),
        ('agent', g.assigned_agent_id::text)
      ) p(list, place)
      where p.place is not null) c
      group by 1, 2, 3 having sum(numbers) <> 0
    ), held as (
      select p.ctid as at from phone_number_places p join delta d using (organization_id, list, place)
      where v_fold for update of p skip locked
    ), folded as (
      delete from phone_number_places p where p.ctid in (select at from held)
      returning organization_id, list, place, numbers
    )
    insert into phone_number_places (organization_id, list, place, numbers)
    select organization_id, list, place, sum(numbers) from (select * from delta union all select * from folded) s
    group by 1, 2, 3 having sum(numbers) <> 0;
  elsif exists (
    select from old_rows o join new_rows n using (id)
    where (o.organization_id, o.lifecycle = 'released', o.e164, o.assigned_agent_id)
      is distinct from (n.organization_id, n.lifecycle = 'released', n.e164, n.assigned_agent_id)
  ) then
    with delta as (
      select organization_id, list, place, sum(numbers)::integer as numbers from (
      select g.organization_id, p.list, p.place, g.numbers from (
        select n.organization_id, left(n.id::text, 10) as made, left(n.e164, 8) as beginning, n.assigned_agent_id,
          count(*) as numbers
        from new_rows n where n.lifecycle <> 'released' group by 1, 2, 3, 4) g
      cross join lateral (values
        ('id', left(g.made, 6)),
        ('id ' || left(g.made, 6), g.made),
        ('number', left(g.beginning, 5)),
        ('number ' || left(g.beginning, 5), g.beginning),
        ('agent', g.assigned_agent_id::text)
      ) p(list, place)
      where p.place is not null union all 
      select g.organization_id, p.list, p.place, g.numbers from (
        select n.organization_id, left(n.id::text, 10) as made, left(n.e164, 8) as beginning, n.assigned_agent_id,
          -count(*) as numbers
        from old_rows n where n.lifecycle <> 'released' group by 1, 2, 3, 4) g
      cross join lateral (values
        ('id', left(g.made, 6)),
        ('id ' || left(g.made, 6), g.made),
        ('number', left(g.beginning, 5)),
        ('number ' || left(g.beginning, 5), g.beginning),
        ('agent', g.assigned_agent_id::text)
      ) p(list, place)
      where p.place is not null) c
      group by 1, 2, 3 having sum(numbers) <> 0
    ), held as (
      select p.ctid as at from phone_number_places p join delta d using (organization_id, list, place)
      where v_fold for update of p skip locked
    ), folded as (
      delete from phone_number_places p where p.ctid in (select at from held)
      returning organization_id, list, place, numbers
    )
    insert into phone_number_places (organization_id, list, place, numbers)
    select organization_id, list, place, sum(numbers) from (select * from delta union all select * from folded) s
    group by 1, 2, 3 having sum(numbers) <> 0;
  end if;
  return null;
end
$$;

comment on function place_phone_numbers() is
  'Keeps where the rows of a long list stand: how many numbers were made in each stretch of time (UUIDv7: six digits are 4.7 hours, nine are 4.1 seconds), have each beginning, and are called from by each agent. Differences are rows of their own and are folded as count_phone_numbers() does (docs/adr/0011-lists-and-totals.md).';

revoke all on function place_phone_numbers() from public;
grant create on schema public to ringfence_definer;
alter function place_phone_numbers() owner to ringfence_definer;
revoke create on schema public from ringfence_definer;

create or replace trigger place_deleted
  after delete on phone_numbers
  referencing old table as old_rows
  for each statement execute function place_phone_numbers();
create or replace trigger place_inserted
  after insert on phone_numbers
  referencing new table as new_rows
  for each statement execute function place_phone_numbers();
create or replace trigger place_updated
  after update on phone_numbers
  referencing old table as old_rows new table as new_rows
  for each statement execute function place_phone_numbers();
