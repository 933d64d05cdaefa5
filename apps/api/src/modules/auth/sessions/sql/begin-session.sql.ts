/**
 * Begins a session, unless the password that was compared is no longer the user's, or the user is disabled. The row of the
 * user is locked for share, so that a change of the password and a sign-in with the old one come one after the other: the
 * change then ends this session, or this statement finds the new password.
 *
 * $1 uuid: user. $2 text: the hash that was compared; null when the user comes without a password. $3 uuid: organization.
 * $4 integer: lifetime in seconds.
 */
export const BEGIN_SESSION = `
  insert into sessions (user_id, organization_id, expires_at)
  select u.id, $3, now() + make_interval(secs => $4) from users u
  where u.id = $1 and ($2::text is null or u.password_hash = $2) and u.disabled_at is null
  for share
  returning id
`;
