const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "connect-src 'self'",
  "font-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  // MUI and Swagger UI write style elements at run time.
  "style-src 'self' 'unsafe-inline'",
].join('; ');

/** A year, after which a browser that has not come back may try plain HTTP again. */
const STRICT_TRANSPORT_SECURITY = 'max-age=31536000';

export type SecurityHeaders = Readonly<Record<string, string>>;

/**
 * Headers of every answer but the call gate's, whose callers are programs. They are constants, so they are written as
 * such: a middleware that computes them costs more than the routes that need it.
 *
 * @param publicUrl where people reach the console: under https their browsers are told to come back by no other way
 */
export function securityHeaders(publicUrl: string | undefined): SecurityHeaders {
  return {
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    ...(publicUrl?.startsWith('https:') && { 'strict-transport-security': STRICT_TRANSPORT_SECURITY }),
  };
}
