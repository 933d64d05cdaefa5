/**
 * Writes down every decision, which a later retry or settlement changes the rows of, every new assignment, every change of one's rules and every reset by hand, in the transaction that makes
 * it, so that PostgreSQL's own record of commits tells their order among the decisions. The gate's updates name none of
 * these columns, so nothing is added to its way.
 */
export const KEEP_HISTORY = `
  create table chaos_history (
    agent_id uuid, phone_number_id uuid, daily_limit integer, paused boolean, live boolean, countries text[],
    is_reset boolean
  );
  create table chaos_decisions (authorization_id uuid);
  create function keep_decisions() returns trigger language plpgsql security definer as $$
  begin
    insert into public.chaos_decisions select k.authorization_id from new_keys k;
    return null;
  end
  $$;
  create trigger keep_decisions after insert on idempotency_keys referencing new table as new_keys
    for each statement execute function keep_decisions();
  create function keep_history() returns trigger language plpgsql security definer as $$
  begin
    insert into public.chaos_history values (new.agent_id, new.phone_number_id, new.daily_limit,
      new.paused_at is not null, new.ended_at is null, new.allowed_countries, tg_argv[0] = 'reset');
    return null;
  end
  $$;
  create trigger keep_rules after insert or update of daily_limit, paused_at, ended_at, allowed_countries
    on agent_phone_numbers for each row execute function keep_history('rules');
  create trigger keep_resets after update of counter_reset_at on agent_phone_numbers
    for each row execute function keep_history('reset')`;
