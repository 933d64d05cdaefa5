create or replace function gate_choose(
  p_calls integer[], p_agents uuid[], p_assignments uuid[], p_places integer[], p_used integer[], p_limits integer[])
returns integer[]
language plpgsql immutable parallel safe as $$
declare
  v_ranks integer[] := array_fill(-1, array[coalesce(cardinality(p_calls), 0)]);
  v_agent uuid;
  -- The assignments of the agent, and how many calls of this batch each has been given.
  v_assignments uuid[];
  v_given integer[];
  v_at integer;
  v_rank integer;
  v_share float8;
  -- The best option of the call so far.
  v_best integer;
  v_best_at integer;
  v_best_rank integer;
  v_best_share float8;
begin
  for v_option in 1 .. coalesce(cardinality(p_calls), 0) loop
    if p_agents[v_option] is distinct from v_agent then
      v_agent := p_agents[v_option];
      v_assignments := '{}';
      v_given := '{}';
    end if;
    v_at := array_position(v_assignments, p_assignments[v_option]);
    if v_at is null then
      v_assignments := v_assignments || p_assignments[v_option];
      v_given := v_given || 0;
      v_at := cardinality(v_given);
    end if;
    v_rank := option_rank(p_places[v_option], p_used[v_option] + v_given[v_at], p_limits[v_option]);
    v_share := (p_used[v_option] + v_given[v_at])::float8 / greatest(p_limits[v_option], 1);
    if v_best is null or v_rank < v_best_rank or (v_rank = v_best_rank and v_share < v_best_share) then
      v_best := v_option;
      v_best_at := v_at;
      v_best_rank := v_rank;
      v_best_share := v_share;
    end if;
    -- The last option of a call: the call goes to the best of them.
    if p_calls[v_option] is distinct from p_calls[v_option + 1] then
      if v_best_rank = 1 then
        v_given[v_best_at] := v_given[v_best_at] + 1;
      end if;
      v_ranks[v_best] := v_given[v_best_at] + (p_places[v_best] is null and v_best_rank > 1)::integer;
      v_best := null;
    end if;
  end loop;
  return v_ranks;
end
$$;

comment on function gate_choose(integer[],uuid[],uuid[],integer[],integer[],integer[]) is
  'Which number each call of an agent with several is placed from, where a batch has several such calls of one agent: one after the other, each from the least used share of a limit, then the older assignment. An element of the arrays is one option of one call; the options come by agent, call and assignment. The answer has an element for each option: -1 where the call takes another one, else how many calls of the batch the assignment has with this one, or would have. Immutable: it reads no table. The caller has locked every assignment that it names.';
