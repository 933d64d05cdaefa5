const pattern = String.raw;

/**
 * API keys as this product makes them, JSON Web Tokens (RFC 7519), tokens of 256 bits and hashes of passwords (argon2
 * in the PHC string format): each can be told by its shape. No shape can begin
 * inside of another, so that a long text is read once.
 */
const SHAPES = new RegExp(
  [
    pattern`rf_[a-z]{2,10}_[0-9A-Za-z]{8,}`,
    pattern`(?:(?<![\w-])|(?<=%[\da-fA-F]{2}))eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?`,
    // Refresh tokens and the tokens of invitations: 256 bits in base64url, whose last digit has two bits to spare.
    pattern`(?<![\w-])[\w-]{42}[AEIMQUYcgkosw048](?![\w-])`,
    pattern`\$argon2(?:id|i|d)\$v=\d+\$[\w=,]+\$[\w+/]+\$[\w+/]+`,
  ].join('|'),
  'g',
);

/** What stands before the host of an address: a name and a password. */
const USER_INFO = /(?<=:\/\/)[^\s/?#@]{1,500}@/g;

/** Names of parameters whose values are secrets, or may be. */
const SECRET_NAME =
  /(?:^|[^a-z])(?:token|key|apikey|password|passwd|pwd|pass|passphrase|secret|auth|authorization|credentials?|bearer|jwt|signature|sig|session|otp)$|^code$/;

const HIDDEN = '[hidden]';

/** Hides credentials in a text, wherever they stand. */
export function maskSecrets(text: string): string {
  return text.replace(SHAPES, HIDDEN).replace(USER_INFO, `${HIDDEN}@`);
}

/**
 * Hides credentials in the address of a request: in the query by the names of parameters too, and however their
 * characters are escaped. A client that puts a key into an address is wrong to, but the log must not keep it.
 */
export function maskSecretsInUrl(url: string): string {
  const at = url.indexOf('?');
  if (at < 0) return maskPart(url);
  const pairs = url.slice(at + 1).split('&');
  return `${maskPart(url.slice(0, at))}?${pairs.map(maskPair).join('&')}`;
}

function maskPair(pair: string): string {
  const at = pair.indexOf('=');
  if (at < 0) return maskPart(pair);
  const name = pair.slice(0, at);
  return isSecretName(name) ? `${name}=${HIDDEN}` : `${maskPart(name)}=${maskPart(pair.slice(at + 1))}`;
}

/** `accessToken`, `access_token`, `X-API-Key` and `filter[key]` alike. */
function isSecretName(name: string): boolean {
  const separated = decoded(name)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\W+$/, '');
  return SECRET_NAME.test(separated.toLowerCase());
}

/** A part whose secret shows only when it is decoded is hidden as a whole. */
function maskPart(part: string): string {
  const masked = maskSecrets(part);
  if (masked !== part || !part.includes('%')) return masked;
  const plain = decoded(part);
  return maskSecrets(plain) === plain ? part : HIDDEN;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
