create or replace function gate_busy_calls(p_organization uuid[], p_agent uuid[], p_assignment uuid[], p_from text[])
returns boolean[]
language plpgsql volatile as $$
declare
  v_free uuid[] := array(
    select a.id
    from (
      select distinct c.org, c.agent, c.assignment, c.from_asked
      from unnest(p_organization, p_agent, p_assignment, p_from) c(org, agent, assignment, from_asked)
    ) c
    cross join lateral (
      select a.id from agent_phone_numbers a
      where a.live_organization_id = c.org and a.agent_id = c.agent
        and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
      for no key update skip locked
    ) a);
begin
  return array(
    select (
      select count(*) > 0 from agent_phone_numbers a
      where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free)
        and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked))
    from unnest(p_organization, p_agent, p_assignment, p_from) with ordinality c(org, agent, assignment, from_asked, i)
    order by c.i);
end
$$;

comment on function gate_busy_calls(uuid[],uuid[],uuid[],text[]) is
  'Which calls of a batch need an assignment that another transaction holds, in the order of the calls. Locks the assignments of all others, and waits for none. VOLATILE: it locks rows, and which of them are missing is read by a snapshot younger than those locks.';
