/**
 * Lets the ledger go on in another partition at a moment of the run, as it does at midnight UTC: no test can turn the
 * clock that makes the ids. Today's partition, empty yet, ends there, and another holds the rest of the day.
 */
export const cutToday = (atMs: number): string => `
  do $$
  declare
    v_day constant date := (clock_timestamp() at time zone 'UTC')::date;
    v_today constant text := 'day_' || to_char(v_day, 'YYYY_MM_DD');
    v_lowest constant uuid := lowest_id_of(v_day::timestamp at time zone 'UTC');
    v_cut constant uuid := lowest_id_of(to_timestamp(${atMs} / 1000.0));
    v_below constant uuid := lowest_id_of((v_day + 1)::timestamp at time zone 'UTC');
  begin
    -- Close to midnight the run comes to another partition by itself.
    if v_cut >= v_below then return; end if;
    execute format('alter table call_authorizations detach partition ledger.%I', v_today);
    execute format('create table ledger.rest_of_today (like ledger.%I including all)', v_today);
    execute 'alter table ledger.rest_of_today enable row level security, force row level security';
    execute format('alter table call_authorizations attach partition ledger.%I for values from (%L) to (%L)',
      v_today, v_lowest, v_cut);
    execute format('alter table call_authorizations attach partition ledger.rest_of_today for values from (%L) to (%L)',
      v_cut, v_below);
  end
  $$`;
