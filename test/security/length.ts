/**
 * How much the security tests do: `npm test` the short form, always the same one, and `npm run test:security` the long form
 * with a seed that is new each time.
 */
export const long = process.env['RINGFENCE_SECURITY'] === 'long';

const DEFAULT_SEED = 20_261_129;
export const seed = Number(process.env['RINGFENCE_SECURITY_SEED'] ?? DEFAULT_SEED);
