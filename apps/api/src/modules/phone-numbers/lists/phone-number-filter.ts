import { phoneNumberLifecycles, phoneNumberProviders, phoneNumberStatuses } from '#contracts';
import { decimalOf, isCountryCode, plainCharacters, readWrittenNumber, withoutSeparators } from '#phone';
import { countryCodes } from '../../../platform/http/fields/code-fields.js';
import { flagOf, idsOf, oneOf, textOf, uuidOf } from '../../../platform/http/lists/list-filter.js';
import type { ListQuery } from '../../../platform/http/lists/list-query.js';
import { wrongKind } from '../../../platform/http/fields/value-kinds.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { PhoneNumberFilter, PhoneNumberScope } from './phone-number-conditions.js';

/** What a list of numbers can be filtered by, besides ids. */
export const PHONE_NUMBER_FILTERS = [
  'q',
  'status',
  'lifecycle',
  'assignment',
  'countryCode',
  'provider',
  'agentId',
  'inPool',
  'tag',
  'clientId',
  'region',
  'label',
] as const;

const LISTED_LIFECYCLES = phoneNumberLifecycles.filter((lifecycle) => lifecycle !== 'released');
const MAX_COUNTRIES = 250;

/** What a list of numbers is asked for. @throws ProblemError validation_failed, naming the filter */
export function phoneNumberFilterOf(query: ListQuery): PhoneNumberFilter {
  const status = oneOf(query, 'status', phoneNumberStatuses);
  const assignment = oneOf(query, 'assignment', ['assigned', 'unassigned'] as const);
  const text = searchedText(query);
  const ids = idsOf(query);
  const ofPool = status === 'available' || status === 'reserved';
  const scope = scopeOf(flagOf(query, 'inPool'), ids !== undefined && status === undefined, ofPool);
  // A status that the asked numbers never have finds nothing.
  const impossible = status !== undefined && (scope === 'pool') !== ofPool && scope !== 'visible';
  return {
    scope,
    ids: impossible ? [] : ids,
    status: ofPool ? status : undefined,
    connected: status === undefined || ofPool ? undefined : status === 'connected',
    text,
    digits: text === undefined ? undefined : partsOfNumber(text),
    lifecycle: oneOf(query, 'lifecycle', LISTED_LIFECYCLES),
    assigned: assignment === undefined ? undefined : assignment === 'assigned',
    countryCodes: countryCodesOf(query),
    provider: oneOf(query, 'provider', phoneNumberProviders),
    agentId: uuidOf(query, 'agentId'),
    tag: textOf(query, 'tag'),
    label: textOf(query, 'label'),
    region: textOf(query, 'region'),
    clientId: uuidOf(query, 'clientId'),
  };
}

/** A shorter quantity is a price or the like, and is searched for as text. */
const FEWEST_DIGITS_OF_A_NUMBER = 7;

/**
 * What is searched for, without the space around it.
 *
 * @throws ProblemError validation_failed for a number with a decimal: its digits together are another number
 */
export function searchedText(query: ListQuery): string | undefined {
  const text = textOf(query, 'q')?.trim() || undefined;
  const decimal = text === undefined ? null : decimalOf(plainCharacters(text) ?? '');
  if (decimal === null || decimal.whole.replace(/\D/g, '').length < FEWEST_DIGITS_OF_A_NUMBER) return text;
  const message = 'is a decimal, as spreadsheets write it. Leave out what follows the decimal mark';
  throw new ProblemError('validation_failed', `filter.q: ${message}`, { errors: { 'filter.q': message } });
}

/** Own numbers when nothing else is said. Records asked for by id, and statuses of the pool, say it by themselves. */
function scopeOf(inPool: boolean | undefined, byId: boolean, poolStatus: boolean): PhoneNumberScope {
  if (inPool !== undefined) return inPool ? 'pool' : 'own';
  if (byId) return 'visible';
  return poolStatus ? 'pool' : 'own';
}

/** What people write before a national number at home, and `+44 (0)20` in between: E.164 has none of them. */
const TRUNK_PREFIXES = [/^0+/, /^06(?=\d{4})/, /^8(?=\d{5})/];
const TRUNK_ZERO_IN_PARENTHESES = /(^\s*(?:\+|00)[\d ]+)\(0\)/;

/** What a number written in any way may look like inside its E.164 form; `020 7946` stands there without the zero. */
export function partsOfNumber(text: string): string[] {
  if (decimalOf(plainCharacters(text) ?? '') !== null) return [];
  const plain = (plainCharacters(text) ?? text).replace(TRUNK_ZERO_IN_PARENTHESES, '$1');
  const whole = readWrittenNumber(plain);
  const written = whole.ok ? whole.digits : withoutSeparators(plain);
  if (written === null) return [];
  const bare = TRUNK_PREFIXES.map((prefix) => written.replace(prefix, '')).filter((digits) => digits !== '');
  return [...new Set([written, ...bare])];
}

function countryCodesOf({ filter }: ListQuery): string[] | undefined {
  const given = filter['countryCode'];
  if (given === undefined || given === null || given === '') return undefined;
  const codes = countryCodes(Array.isArray(given) ? given : [given]) as unknown[];
  const odd = codes.find((code) => typeof code !== 'string');
  if (odd !== undefined || codes.length > MAX_COUNTRIES || !(codes as string[]).every(isCountryCode)) {
    const message =
      odd === undefined ? 'must be an ISO 3166-1 alpha-2 code, or a list of them' : wrongKind('text', odd);
    throw new ProblemError('validation_failed', `filter.countryCode: ${message}`, {
      errors: { 'filter.countryCode': message },
    });
  }
  return codes as string[];
}
