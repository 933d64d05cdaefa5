import { phoneNumberLifecycles, phoneNumberProviders, phoneNumberStatuses } from '#contracts';
import { isCountryCode, withoutSeparators } from '#phone';
import { flagOf, idsOf, oneOf, textOf, uuidOf } from '../../platform/http/list-filter.js';
import type { ListQuery } from '../../platform/http/list-query.js';
import { ProblemError } from '../../platform/http/problem.error.js';
import type { PhoneNumberFilter, PhoneNumberScope } from './phone-numbers.repository.js';

const LISTED_LIFECYCLES = phoneNumberLifecycles.filter((lifecycle) => lifecycle !== 'released');
const MAX_COUNTRIES = 250;

/** What a list of numbers is asked for. @throws ProblemError validation_failed, naming the filter */
export function phoneNumberFilterOf(query: ListQuery): PhoneNumberFilter {
  const status = oneOf(query, 'status', phoneNumberStatuses);
  const assignment = oneOf(query, 'assignment', ['assigned', 'unassigned'] as const);
  const text = textOf(query, 'q')?.trim();
  const ids = idsOf(query);
  return {
    scope: scopeOf(flagOf(query, 'inPool'), ids !== undefined, status === 'available' || status === 'reserved'),
    ids,
    status,
    text: text === '' ? undefined : text,
    digits: text === undefined ? undefined : digitsOf(text),
    lifecycle: oneOf(query, 'lifecycle', LISTED_LIFECYCLES),
    assigned: assignment === undefined ? undefined : assignment === 'assigned',
    countryCodes: countryCodesOf(query),
    provider: oneOf(query, 'provider', phoneNumberProviders),
    agentId: uuidOf(query, 'agentId'),
    tag: textOf(query, 'tag'),
  };
}

/** Own numbers when nothing else is said. Records asked for by id, and statuses of the pool, say it by themselves. */
function scopeOf(inPool: boolean | undefined, byId: boolean, poolStatus: boolean): PhoneNumberScope {
  if (inPool !== undefined) return inPool ? 'pool' : 'own';
  if (byId) return 'visible';
  return poolStatus ? 'pool' : 'own';
}

/** What a number written in any way may look like inside its E.164 form; `020 7946` stands there without the zero. */
function digitsOf(text: string): string[] {
  const written = withoutSeparators(text);
  if (written === null) return [];
  const withoutTrunkPrefix = written.replace(/^0+/, '');
  return withoutTrunkPrefix === '' ? [written] : [...new Set([written, withoutTrunkPrefix])];
}

function countryCodesOf({ filter }: ListQuery): string[] | undefined {
  const given = filter['countryCode'];
  if (given === undefined || given === null || given === '') return undefined;
  const codes: unknown[] = Array.isArray(given) ? given : [given];
  if (codes.length > MAX_COUNTRIES || !codes.every((code) => typeof code === 'string' && isCountryCode(code))) {
    const message = 'must be an ISO 3166-1 alpha-2 code, or a list of them';
    throw new ProblemError('validation_failed', `filter.countryCode: ${message}`, {
      errors: { 'filter.countryCode': message },
    });
  }
  return codes as string[];
}
