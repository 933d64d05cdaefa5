import { migrate } from '../../tools/demo/database.js';
import { loginsBeside } from '../../tools/demo/logins.js';

/** Logins belong to the whole server: those of tests have names of their own there. */
const PREFIX = 'ringfence_test';

/** The settings by which the API signs in to the owner's database. */
export function loginSettings(ownerUrl: string) {
  return loginsBeside(ownerUrl, PREFIX);
}

/** Migrates the owner's database and makes the logins, as `npm run migration:run` does. */
export async function migrateWithLogins(ownerUrl: string): Promise<void> {
  await migrate(ownerUrl, PREFIX);
}
