import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import { likePattern } from '../../phone-numbers/phone-numbers.public.js';

/** What words were found to be: these numbers, and the numbers of these agents. */
export interface Matches {
  phoneNumberIds: string[];
  agentIds: string[];
  /** These agents, and the agents that call from the numbers. */
  callingAgentIds: string[];
}

export interface AssignmentFilter {
  ids?: string[];
  agentIds?: string[];
  phoneNumberId?: string;
  /** Part of the agent's name, of the label or of the number. */
  q?: string;
  /** What `q` may look like inside a number. */
  digits?: string[];
  paused?: boolean;
  provider?: string;
  /** What `q` was found to be. */
  matches?: Matches;
  /** Only those of numbers of these clients; null for those of all, whatever the caller is limited to. */
  clientIds?: readonly string[] | null;
  /** Only those that were made after this one; null for all. */
  after?: string | null;
  /** Only those of the agents that this user signs in as. */
  ownedBy?: string;
}

/**
 * Conditions on `a`, `n` and `g`, with their parameters, of which the organization is the first. The provider is read
 * from `number`: an assignment has a copy of it.
 */
export function assignmentConditions(
  organizationId: string,
  filter: AssignmentFilter,
  number = 'n',
): { conditions: string; parameters: unknown[] } {
  const parameters: unknown[] = [organizationId];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    parameters.push(value);
    conditions.push(`and ${condition(`$${parameters.length}`)}`);
  };
  add((parameter) => `a.id = any (${parameter}::uuid[])`, filter.ids);
  add((parameter) => `a.id > ${parameter}::uuid`, filter.after ?? undefined);
  add((parameter) => `a.agent_id = any (${parameter}::uuid[])`, filter.agentIds);
  add((parameter) => `a.phone_number_id = ${parameter}`, filter.phoneNumberId);
  add((parameter) => `(a.paused_at is not null) = ${parameter}`, filter.paused);
  add((parameter) => `${number}.provider = ${parameter}`, filter.provider);
  add((parameter) => `g.user_id = ${parameter}`, filter.ownedBy);
  add((parameter) => `n.client_id = any (${parameter}::uuid[])`, filter.clientIds ?? undefined);
  if (filter.matches !== undefined) {
    parameters.push(filter.matches.phoneNumberIds, filter.matches.agentIds);
    const [numbers, agents] = [`$${parameters.length - 1}`, `$${parameters.length}`];
    conditions.push(`and (n.id = any (${numbers}::uuid[]) or n.assigned_agent_id = any (${agents}::uuid[]))`);
  } else if (filter.q !== undefined) {
    parameters.push(likePattern(filter.q), filter.digits ?? []);
    const [pattern, digits] = [`$${parameters.length - 1}`, `$${parameters.length}`];
    conditions.push(`and (lower(g.name) like ${pattern} or lower(n.label) like ${pattern}
      or exists (select from unnest(${digits}::text[]) d where position(d in n.e164) > 0))`);
  }
  return { conditions: conditions.join(' '), parameters };
}

/** Assignments of numbers of the clients that the caller is limited to. */
export function withinLimit(context: RequestContext, filter: AssignmentFilter): AssignmentFilter {
  const clientIds = clientLimit(context);
  return clientIds === null || filter.clientIds === null ? filter : { ...filter, clientIds };
}
