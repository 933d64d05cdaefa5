import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tells every process of the API that a key or a person may do something else than before, so that what they remember
 * of it is forgotten at once. The message is `key:` and the SHA-256 of the key, or `user:` and an id: enough to forget
 * by, and of no use to anybody else.
 *
 * Commits that notify go one after the other for the whole server, so nothing that happens for each call may notify: a
 * key's last use does not.
 */
export class NotifyAccessChanges1795300004000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create function notify_api_key_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('ringfence_access', 'key:' || encode(old.key_hash, 'hex'));
        return null;
      end
      $$;
      create trigger notify_change after update on api_keys for each row
        when ((old.key_hash, old.organization_id, old.name, old.scopes, old.expires_at, old.revoked_at)
          is distinct from (new.key_hash, new.organization_id, new.name, new.scopes, new.expires_at, new.revoked_at))
        execute function notify_api_key_change();
      create trigger notify_removal after delete on api_keys for each row execute function notify_api_key_change();

      create function notify_user_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('ringfence_access', 'user:' || old.id);
        return null;
      end
      $$;
      create trigger notify_change after update on users for each row
        when ((old.email, old.platform_admin, old.disabled_at)
          is distinct from (new.email, new.platform_admin, new.disabled_at))
        execute function notify_user_change();
      create trigger notify_removal after delete on users for each row execute function notify_user_change();

      -- A new membership counts as well: that there was none may be remembered.
      create function notify_membership_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('ringfence_access', 'user:' || coalesce(new.user_id, old.user_id));
        return null;
      end
      $$;
      create trigger notify_change after insert or update or delete on memberships for each row
        execute function notify_membership_change();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop trigger notify_change on memberships;
      drop trigger notify_removal on users;
      drop trigger notify_change on users;
      drop trigger notify_removal on api_keys;
      drop trigger notify_change on api_keys;
      drop function notify_membership_change();
      drop function notify_user_change();
      drop function notify_api_key_change();
    `);
  }
}
