create or replace function touch_updated_at()
returns trigger
language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;

comment on function touch_updated_at() is
  'Sets updated_at to the start of the transaction. Volatile as every trigger; takes no lock of its own.';

create or replace trigger touch
  before update of daily_limit, allowed_countries, allowed_number_types, paused_at, ended_at on agent_phone_numbers
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on agents
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on clients
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on invitations
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on memberships
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on organizations
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on phone_numbers
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on provider_accounts
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on trunks
  for each row execute function touch_updated_at();
create or replace trigger touch
  before update on users
  for each row execute function touch_updated_at();
