create or replace function gate_callers(
  p_organization uuid[], p_agent uuid[], p_external text[], p_pass_locked boolean, out agents uuid[], out held boolean[])
language plpgsql volatile as $$
declare
  -- Planned each time: to a plan for any ids, made while the table was small, all indexes that begin with the organization
  -- are alike, and it would read all its agents for each call.
  v_lock constant text := format('
    select array(
      select case when c.external is null then c.agent else g.id end
      from unnest($1, $2, $3) with ordinality c(org, agent, external, i)
      left join lateral (
        select g.id from agents g
        where g.organization_id = c.org and g.external_id = c.external and g.deleted_at is null
          and (c.agent is null or g.id = c.agent)
        for share %s
      ) g on true
      order by c.i)', case when p_pass_locked then 'skip locked' end);
  v_hold constant text := '
    select array(
      select c.external is not null and c.found is null and (
        select count(*) > 0 from agents g
        where g.organization_id = c.org and g.external_id = c.external and g.deleted_at is null
          and (c.agent is null or g.id = c.agent))
      from unnest($1, $2, $3, $4) with ordinality c(org, agent, external, found, i)
      order by c.i)';
begin
  loop
    -- An agent that was waited for comes as it is now, or not at all when the external id has left it.
    execute v_lock into agents using p_organization, p_agent, p_external;
    -- Calls whose agent is there for a snapshot younger than the locks and was not locked: another transaction holds it, or
    -- the external id came to it meanwhile.
    execute v_hold into held using p_organization, p_agent, p_external, agents;
    exit when p_pass_locked or not (true = any (held));
  end loop;
end
$$;

comment on function gate_callers(uuid[],uuid[],text[],boolean) is
  'The agents of the calls that name one by its external id, in the order of the calls; those of the other calls as they came. NULL where there is none. Holds those agents for share until the transaction ends: a change of an external id waits for the decision, or the decision for the change, so that no call is decided for an agent that has lost the id. Agents come before assignments, as in every transaction that locks both. With p_pass_locked the calls whose agent is held are told instead of waited for. VOLATILE: it locks rows, and whether an id has moved is read by a snapshot that is younger than those locks.';
