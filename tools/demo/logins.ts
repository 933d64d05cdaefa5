import { createHmac } from 'node:crypto';

type LoginSettings = {
  DATABASE_URL: string;
  SYSTEM_DATABASE_URL: string;
};

/**
 * Addresses of the same database for two logins beside its owner's. Their passwords follow from the owner's, so that
 * they need no place of their own and are the same on the next start.
 */
export function loginsBeside(ownerUrl: string, prefix: string): LoginSettings {
  const addressFor = (login: string) => {
    const url = new URL(ownerUrl);
    url.username = login;
    url.password = createHmac('sha256', decodeURIComponent(new URL(ownerUrl).password))
      .update(login)
      .digest('base64url');
    return url.href;
  };
  return { DATABASE_URL: addressFor(`${prefix}_app_login`), SYSTEM_DATABASE_URL: addressFor(`${prefix}_system_login`) };
}
