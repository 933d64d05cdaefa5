import { INVITATION_PATH } from '#contracts';
import { request } from './http.js';

/** The token in the link of an invitation that was just made or sent again. */
export function tokenOf(invitation: unknown): string {
  const { link = '' } = invitation as { link?: string };
  const [, token] = link.split(INVITATION_PATH);
  if (!token) throw new Error(`There is no link in ${JSON.stringify(invitation)}`);
  return token;
}

interface Acceptance {
  token: string;
  name?: string;
  password?: string;
}

/** Accepts an invitation over HTTP. @param accessToken of who is signed in */
export function accept(apiUrl: string, body: Acceptance, accessToken?: string) {
  return request(`${apiUrl}/api/v1/invitations/accept`, { body, token: accessToken });
}
