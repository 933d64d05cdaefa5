import { type CallCheck, type CallRule, checks, reasonText } from '#contracts';
import type { CallCommand } from '../policy/call-decision.js';
import type { SimulateCallRow } from './sql/simulate-call.sql.js';

type Destination = Pick<CallCommand, 'destination' | 'destinationCountry' | 'destinationType'>;
type RuleOf = (row: SimulateCallRow, call: Destination) => CallRule;

/**
 * The rule that a check stands on: where it is written, what it says now, and the same in words. A check without words here
 * is told by its catalogue: why it refuses, or that it does not.
 */
export function ruleOf(check: CallCheck, call: Destination, row: SimulateCallRow): CallRule {
  return rules[check]?.(row, call) ?? plainRule(check, row);
}

function plainRule(check: CallCheck, row: SimulateCallRow): CallRule {
  const { source, field } = checks[check].rule;
  const refusal = row.checks[check];
  return rule(source, field, null, refusal === null ? 'It does not forbid the call.' : reasonText(refusal).message);
}

const rules: Partial<Record<CallCheck, RuleOf>> = {
  destination: (row, call) =>
    rule(
      'numbering_plan',
      'destination',
      call.destination,
      row.checks.destination === null
        ? 'It is a number that can be called.'
        : 'It is no number that can be called through the gate.',
    ),
  organization: ({ organization_suspended: suspended }) =>
    rule(
      'organization',
      'suspended',
      suspended,
      suspended ? 'The organization is suspended.' : 'The organization is not suspended.',
    ),
  agent: ({ agent_status: status }) => rule('agent', 'status', status, `The status of the agent is ${status}.`),
  number: ({ lifecycle, number_can_call: canCall }) =>
    lifecycle === 'active' && !canCall
      ? rule('phone_number', 'capabilities', 'no voice', 'The number is active, and has no voice.')
      : rule('phone_number', 'lifecycle', lifecycle, `The state of the number is ${lifecycle}.`),
  pause: ({ paused }) =>
    rule('assignment', 'paused', paused, paused ? 'The assignment is paused.' : 'The assignment is not paused.'),
  number_type: (row, call) => {
    const type = call.destinationType;
    if (row.checks.type_is_free)
      return rule('numbering_plan', 'type', type, `The type ${typeLabel(type)} needs no permission of its own.`);
    const types = row.allowed_number_types;
    const named = types.length === 0 ? 'no restricted type' : types.map(typeLabel).join(', ');
    return rule(
      'assignment',
      'allowedNumberTypes',
      types,
      `The assignment allows ${named}; this is ${typeLabel(type)}.`,
    );
  },
  country: (row, call) => {
    if (row.checks.country_is_free) {
      const country = call.destinationCountry;
      return rule('numbering_plan', 'countryCode', country, 'The destination belongs to no country.');
    }
    const countries = row.allowed_countries;
    const named = countries.length === 0 ? 'no country' : countries.join(', ');
    return row.inherits
      ? rule(
          'organization',
          'defaultAllowedCountries',
          countries,
          `The organization allows ${named}; the assignment inherits it.`,
        )
      : rule('assignment', 'allowedCountries', countries, `The assignment allows ${named}.`);
  },
  daily_limit: ({ daily_limit: limit, used, usage_day: day }) =>
    rule('assignment', 'dailyLimit', limit, `${used} of ${limit} calls are used on ${day}.`),
};

function rule(source: CallRule['source'], field: string, value: CallRule['value'], description: string): CallRule {
  return { source, field, value, description };
}

/** `FIXED_LINE_OR_MOBILE` as people say it. */
const typeLabel = (type: string | null): string =>
  type === 'UAN' ? 'universal access number' : (type ?? 'unknown').toLowerCase().replaceAll('_', ' ');
