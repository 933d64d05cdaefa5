create or replace function count_phone_numbers()
returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_fold boolean := random() < 0.1;
begin
  if tg_op = 'INSERT' then
    with changed as (
      
  select n.organization_id, f.facet, f.value, coalesce(n.country_code, '') as country_code, n.provider, n.lifecycle,
    n.inbound_agent_id is not null as connected, n.assigned_agent_id is not null as assigned,
    n.label is not null as labelled, coalesce(n.currency, '') as currency,
    1 as numbers, coalesce(n.monthly_cost, 0) as monthly_cost from new_rows n 
  cross join lateral (
    select '' as facet, '' as value
    union all select 'tag', t from unnest(n.tags) t group by t
    union all select 'region', n.region where n.region is not null
    union all select 'client', n.client_id::text where n.client_id is not null
  ) f
  where n.lifecycle <> 'released'
    ), delta as (
      select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers)::integer as numbers, sum(monthly_cost) as monthly_cost
      from changed group by organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency having sum(numbers) <> 0 or sum(monthly_cost) <> 0
    ), held as (
      select c.ctid as place from phone_number_counts c join delta d using (organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency)
      where v_fold for update of c skip locked
    ), folded as (
      delete from phone_number_counts c where c.ctid in (select place from held)
      returning organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, numbers, monthly_cost
    )
    insert into phone_number_counts (organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, numbers, monthly_cost)
    select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers), sum(monthly_cost)
    from (select * from delta union all select * from folded) s
    group by organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency having sum(numbers) <> 0 or sum(monthly_cost) <> 0;
  elsif tg_op = 'DELETE' then
    with changed as (
      select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, -numbers as numbers, -monthly_cost as monthly_cost from (
  select n.organization_id, f.facet, f.value, coalesce(n.country_code, '') as country_code, n.provider, n.lifecycle,
    n.inbound_agent_id is not null as connected, n.assigned_agent_id is not null as assigned,
    n.label is not null as labelled, coalesce(n.currency, '') as currency,
    1 as numbers, coalesce(n.monthly_cost, 0) as monthly_cost from old_rows n 
  cross join lateral (
    select '' as facet, '' as value
    union all select 'tag', t from unnest(n.tags) t group by t
    union all select 'region', n.region where n.region is not null
    union all select 'client', n.client_id::text where n.client_id is not null
  ) f
  where n.lifecycle <> 'released') o
    ), delta as (
      select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers)::integer as numbers, sum(monthly_cost) as monthly_cost
      from changed group by organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency having sum(numbers) <> 0 or sum(monthly_cost) <> 0
    ), held as (
      select c.ctid as place from phone_number_counts c join delta d using (organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency)
      where v_fold for update of c skip locked
    ), folded as (
      delete from phone_number_counts c where c.ctid in (select place from held)
      returning organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, numbers, monthly_cost
    )
    insert into phone_number_counts (organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, numbers, monthly_cost)
    select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers), sum(monthly_cost)
    from (select * from delta union all select * from folded) s
    group by organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency having sum(numbers) <> 0 or sum(monthly_cost) <> 0;
  else
    with changed as (
      
  select n.organization_id, f.facet, f.value, coalesce(n.country_code, '') as country_code, n.provider, n.lifecycle,
    n.inbound_agent_id is not null as connected, n.assigned_agent_id is not null as assigned,
    n.label is not null as labelled, coalesce(n.currency, '') as currency,
    1 as numbers, coalesce(n.monthly_cost, 0) as monthly_cost from new_rows n 
  cross join lateral (
    select '' as facet, '' as value
    union all select 'tag', t from unnest(n.tags) t group by t
    union all select 'region', n.region where n.region is not null
    union all select 'client', n.client_id::text where n.client_id is not null
  ) f
  where n.lifecycle <> 'released' union all select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, -numbers as numbers, -monthly_cost as monthly_cost from (
  select n.organization_id, f.facet, f.value, coalesce(n.country_code, '') as country_code, n.provider, n.lifecycle,
    n.inbound_agent_id is not null as connected, n.assigned_agent_id is not null as assigned,
    n.label is not null as labelled, coalesce(n.currency, '') as currency,
    1 as numbers, coalesce(n.monthly_cost, 0) as monthly_cost from old_rows n 
  cross join lateral (
    select '' as facet, '' as value
    union all select 'tag', t from unnest(n.tags) t group by t
    union all select 'region', n.region where n.region is not null
    union all select 'client', n.client_id::text where n.client_id is not null
  ) f
  where n.lifecycle <> 'released') o
    ), delta as (
      select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers)::integer as numbers, sum(monthly_cost) as monthly_cost
      from changed group by organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency having sum(numbers) <> 0 or sum(monthly_cost) <> 0
    ), held as (
      select c.ctid as place from phone_number_counts c join delta d using (organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency)
      where v_fold for update of c skip locked
    ), folded as (
      delete from phone_number_counts c where c.ctid in (select place from held)
      returning organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, numbers, monthly_cost
    )
    insert into phone_number_counts (organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, numbers, monthly_cost)
    select organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers), sum(monthly_cost)
    from (select * from delta union all select * from folded) s
    group by organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency having sum(numbers) <> 0 or sum(monthly_cost) <> 0;
  end if;
  return null;
end
$$;

comment on function count_phone_numbers() is
  'Keeps the counters of the inventory lists. A statement adds its differences as rows of their own and waits for no other; one time in ten it folds the rows of its keys that no other transaction holds, in the same statement, so that every snapshot sums to the truth. Runs as the system role, which alone writes the counters (docs/adr/0011-lists-and-totals.md).';

revoke all on function count_phone_numbers() from public;
grant create on schema public to ringfence_definer;
alter function count_phone_numbers() owner to ringfence_definer;
revoke create on schema public from ringfence_definer;

create or replace trigger count_deleted
  after delete on phone_numbers
  referencing old table as old_rows
  for each statement execute function count_phone_numbers();
create or replace trigger count_inserted
  after insert on phone_numbers
  referencing new table as new_rows
  for each statement execute function count_phone_numbers();
create or replace trigger count_updated
  after update on phone_numbers
  referencing old table as old_rows new table as new_rows
  for each statement execute function count_phone_numbers();
