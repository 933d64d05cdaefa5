import type { PhoneNumberLifecycle, PhoneNumberProvider, PhoneNumberStatus } from '#contracts';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';

/** Whose numbers: the organization's own, the pool's, or both. */
export type PhoneNumberScope = 'own' | 'pool' | 'visible';

/** What counters are kept by: together with one of tag, region and client, totals over these are sums of few rows. */
export interface PhoneNumberFacets {
  countryCodes?: string[];
  provider?: PhoneNumberProvider;
  lifecycle?: PhoneNumberLifecycle;
  connected?: boolean;
  /** Whether an agent calls from it. */
  assigned?: boolean;
  labelled?: boolean;
  /** Whether it belongs to a country at all. */
  inCountry?: boolean;
}

export interface PhoneNumberFilter extends PhoneNumberFacets {
  scope: PhoneNumberScope;
  ids?: string[];
  e164?: string;
  /** Part of the label, or of the number. */
  text?: string;
  /** What the text may look like inside a number, any of them. */
  digits?: string[];
  /** Part of the label. */
  label?: string;
  status?: PhoneNumberStatus;
  /** Who asks: what it has reserved itself is available to it. */
  viewer?: string;
  /** Reserved by this organization. */
  reservedBy?: string;
  agentId?: string;
  tag?: string;
  region?: string;
  clientId?: string;
  /** Only those of these clients: the ones that the caller is limited to. */
  clientIds?: readonly string[];
  /** What such a caller sees among own numbers and the pool: those of the clients, and those of other organizations. */
  within?: { clientIds: readonly string[]; organizationId: string };
}

/** What the pool offers the organization: everything that no other one has reserved. */
export function availableTo({ organizationId }: RequestContext, filter?: PhoneNumberFilter): PhoneNumberFilter {
  return { ...filter, scope: 'pool', status: 'available', viewer: organizationId };
}

/** The filter as the caller means it: bounded to the clients that it is limited to, and to what the pool offers it. */
export function withinLimit(context: RequestContext, filter: PhoneNumberFilter): PhoneNumberFilter {
  const clientIds = clientLimit(context);
  if (filter.scope === 'pool') return filter.status === 'available' ? availableTo(context, filter) : filter;
  if (clientIds === null) return filter;
  if (filter.scope === 'own') return { ...filter, clientIds };
  return { ...filter, within: { clientIds, organizationId: context.organizationId } };
}

const MOST_ALTERNATIVES = 50;

/**
 * The same filter cut into filters of one country and one client each. A list of one is read in the order of an index and
 * such lists are merged; together they would be met on the way through the whole list, which may be long.
 */
export function alternativesOf(filter: PhoneNumberFilter): PhoneNumberFilter[] {
  const countries = filter.countryCodes && [...new Set(filter.countryCodes)];
  const clients = filter.clientIds && [...new Set(filter.clientIds)];
  const byCountry = countries?.length ? countries.map((code) => ({ ...filter, countryCodes: [code] })) : [filter];
  const all = clients?.length
    ? byCountry.flatMap((each) => clients.map((id) => ({ ...each, clientIds: [id] })))
    : byCountry;
  return all.length > MOST_ALTERNATIVES ? [filter] : all;
}

/** Parameters of a statement, and the places that stand for them. */
export class SqlParameters {
  readonly values: unknown[] = [];

  parameter(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

/** Conditions on `n`, a number. Wildcards mean nothing in what people type, so position() and not LIKE. */
export function numberConditions(filter: PhoneNumberFilter, sql: SqlParameters): string[] {
  const { parameter } = bound(sql);
  const conditions: (string | false | undefined)[] = [
    `n.lifecycle <> 'released'`,
    filter.ids && `n.id = any (${parameter(filter.ids)}::uuid[])`,
    filter.e164 !== undefined && `n.e164 = ${parameter(filter.e164)}`,
    filter.status === 'reserved' && 'n.reserved_until > now()',
    filter.status === 'available' &&
      `(n.reserved_until is null or n.reserved_until <= now() or n.reserved_by = ${parameter(filter.viewer ?? null)}::uuid)`,
    filter.reservedBy !== undefined && `n.reserved_by = ${parameter(filter.reservedBy)}::uuid`,
    filter.agentId !== undefined && `n.assigned_agent_id = ${parameter(filter.agentId)}::uuid`,
    filter.region !== undefined && `n.region = ${parameter(filter.region)}`,
    filter.clientId !== undefined && `n.client_id = ${parameter(filter.clientId)}::uuid`,
    filter.clientIds?.length === 1 && `n.client_id = ${parameter(filter.clientIds[0])}::uuid`,
    filter.clientIds?.length !== 1 && filter.clientIds && `n.client_id = any (${parameter(filter.clientIds)}::uuid[])`,
    filter.within &&
      `(n.client_id = any (${parameter(filter.within.clientIds)}::uuid[]) or n.organization_id <> ${parameter(filter.within.organizationId)})`,
    filter.tag !== undefined && `n.tags @> array[${parameter(filter.tag)}::text]`,
    // One country as an equation: a list of it comes in the order of its index.
    filter.countryCodes?.length === 1 && `n.country_code = ${parameter(filter.countryCodes[0])}`,
    filter.countryCodes?.length !== 1 &&
      filter.countryCodes &&
      `n.country_code = any (${parameter(filter.countryCodes)}::text[])`,
    filter.provider !== undefined && `n.provider = ${parameter(filter.provider)}`,
    filter.lifecycle !== undefined && `n.lifecycle = ${parameter(filter.lifecycle)}`,
    filter.connected !== undefined && `n.inbound_agent_id is ${filter.connected ? 'not null' : 'null'}`,
    filter.assigned !== undefined && `n.assigned_agent_id is ${filter.assigned ? 'not null' : 'null'}`,
    filter.labelled !== undefined && `n.label is ${filter.labelled ? 'not null' : 'null'}`,
    filter.inCountry !== undefined && `n.country_code is ${filter.inCountry ? 'not null' : 'null'}`,
    filter.label !== undefined && `position(lower(${parameter(filter.label)}) in lower(n.label)) > 0`,
    filter.text !== undefined && textCondition(filter.text, filter.digits ?? [], sql),
  ];
  return conditions.filter((condition) => typeof condition === 'string');
}

/** The same on `c`, a row of counters, as far as counters are kept by it. */
export function counterConditions(filter: PhoneNumberFilter, sql: SqlParameters): string[] {
  const { parameter } = bound(sql);
  const conditions: (string | false | undefined)[] = [
    filter.countryCodes && `c.country_code = any (${parameter(filter.countryCodes)}::text[])`,
    filter.provider !== undefined && `c.provider = ${parameter(filter.provider)}`,
    filter.lifecycle !== undefined && `c.lifecycle = ${parameter(filter.lifecycle)}`,
    filter.connected !== undefined && `c.connected = ${filter.connected}`,
    filter.assigned !== undefined && `c.assigned = ${filter.assigned}`,
    filter.labelled !== undefined && `c.labelled = ${filter.labelled}`,
    filter.inCountry !== undefined && `c.country_code ${filter.inCountry ? '<>' : '='} ''`,
  ];
  return conditions.filter((condition) => typeof condition === 'string');
}

function textCondition(text: string, digits: readonly string[], sql: SqlParameters): string {
  const inNumber = digits.map((part) => `position(${sql.parameter(part)} in n.e164) > 0`);
  return `(${[`position(lower(${sql.parameter(text)}) in lower(n.label)) > 0`, ...inNumber].join(' or ')})`;
}

const bound = (sql: SqlParameters) => ({ parameter: (value: unknown) => sql.parameter(value) });
