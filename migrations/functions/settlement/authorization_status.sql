create or replace function authorization_status(status text, expires_at timestamptz, at timestamptz)
returns text
language sql immutable parallel safe as $$
select case when status = 'authorized' and expires_at < at then 'expired' else status end
$$;

comment on function authorization_status(text,timestamptz,timestamptz) is
  'The status to show at an instant: an authorization whose lease has run out is expired and counts as used. No job writes that (docs/adr/0007-settlement.md). Immutable: the instant is an argument.';
