create policy members_of_own_organization on users for select to ringfence_app
  using ((exists ( select from memberships m where (m.user_id = users.id))));
alter table provider_accounts add constraint provider_accounts_organization_id_main_trunk_id_fkey foreign key (organization_id, main_trunk_id) references trunks(organization_id, id) deferrable initially deferred;
