import { phoneNumberProviders } from '#contracts';
import { flagOf, idsOf, oneOf, uuidOf, uuidsOf } from '../../../platform/http/lists/list-filter.js';
import type { ListQuery } from '../../../platform/http/lists/list-query.js';
import { partsOfNumber, searchedText } from '../../phone-numbers/phone-numbers.public.js';
import { ownAgentsOnly, type RequestContext } from '../../tenancy/tenancy.public.js';
import type { AssignmentFilter } from './assignment-conditions.js';

/**
 * What a list of assignments is asked for. A user with the role `agent` sees only its own.
 *
 * @throws ProblemError validation_failed, naming the filter
 */
export function assignmentFilterOf(context: RequestContext, query: ListQuery): AssignmentFilter {
  const q = searchedText(query);
  return {
    ids: idsOf(query),
    agentIds: uuidsOf(query, 'agentId'),
    phoneNumberId: uuidOf(query, 'phoneNumberId'),
    q,
    digits: q === undefined ? undefined : partsOfNumber(q),
    provider: oneOf(query, 'provider', phoneNumberProviders),
    paused: flagOf(query, 'paused'),
    ownedBy: ownAgentsOnly(context) ?? undefined,
  };
}
