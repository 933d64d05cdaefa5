/**
 * Whose attempts an e-mail counts for: the account that it signs in to, or the e-mail as the database compares it. What
 * letters are the same is left to the database in both cases, so that unknown e-mails lock exactly as known ones do.
 * Runs as the system. Reads the unique index on lower(email).
 *
 * $1 text: e-mail, in any case.
 */
export const FIND_SIGN_IN_ACCOUNT = `
  select (select id from users where lower(email) = lower($1)) as user_id, lower($1) as email
`;

export interface SignInAccountRow {
  user_id: string | null;
  email: string;
}
