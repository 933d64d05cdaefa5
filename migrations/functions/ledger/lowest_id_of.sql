create or replace function lowest_id_of(p_at timestamptz)
returns uuid
language sql immutable parallel safe as $$
select (lpad(to_hex(greatest((extract(epoch from p_at) * 1000)::bigint, 0)), 12, '0') || repeat('0', 20))::uuid
$$;

comment on function lowest_id_of(timestamptz) is
  'The lowest UUIDv7 of an instant: 48 bits of milliseconds since 1970 (RFC 9562, section 5.7), so the lowest of all for an instant before. Immutable, so that the planner knows which days of the ledger a range of ids leaves out.';
