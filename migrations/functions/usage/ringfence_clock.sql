create or replace function ringfence_clock()
returns timestamptz
language sql volatile parallel safe as $$
select clock_timestamp()
$$;

comment on function ringfence_clock() is
  'The clock of every decision (invariant G6). A function, so that a test can stand it still or turn it in a database of its own. Volatile, because it reads clock_timestamp(): a batch that waited for a lock is decided by the time after the wait.';
