import type { PhoneNumberLifecycle, PhoneNumberProvider, PhoneNumberStatus, PhoneNumberView } from '#contracts';
import { PLATFORM_ORGANIZATION, type RequestContext } from '../../../tenancy/tenancy.public.js';

/**
 * Whether a reservation still holds. The clock decides, no job: an expired one is none. The subselect reads the clock once
 * for the statement.
 */
export const IS_RESERVED = `coalesce(n.reserved_until > (select ringfence_clock()), false)`;

/** What people see as the status. Derived here and nowhere stored, so that it cannot be out of date. */
export const STATUS_SQL = `(case
  when n.organization_id = '${PLATFORM_ORGANIZATION}'
    then case when ${IS_RESERVED} then 'reserved' else 'available' end
  when n.inbound_agent_id is not null then 'connected'
  else 'assigned'
end)`;

/**
 * Numbers with the agent that calls from them. The caller appends conditions on `n` (the number) and `a` (its live
 * assignment, at most one by a unique index), order and page.
 *
 * Row-level security shows the own numbers and the pool's; that the assignment has to be of the number's organization
 * keeps agents out of pool rows. Released numbers are deleted ones.
 */
export const PHONE_NUMBERS_FROM = `
  from phone_numbers n
  left join agent_phone_numbers a
    on a.organization_id = n.organization_id and a.phone_number_id = n.id and a.ended_at is null
  left join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
  left join agents i on i.organization_id = n.organization_id and i.id = n.inbound_agent_id
  left join clients c on c.organization_id = n.organization_id and c.id = n.client_id
  where n.lifecycle <> 'released'`;

export const PHONE_NUMBER_VIEW = `
  select n.id, n.e164 as "phoneNumber", n.country_code as "countryCode", n.region, n.number_type as "numberType",
    n.label, n.provider, n.lifecycle, ${STATUS_SQL} as status,
    n.organization_id = '${PLATFORM_ORGANIZATION}' as "inPool", n.tags,
    trim_scale(n.monthly_cost)::text as "monthlyCost", n.currency,
    coalesce((n.capabilities ->> 'voice')::boolean, false) as voice,
    coalesce((n.capabilities ->> 'sms')::boolean, false) as sms,
    a.id as "assignmentId", a.agent_id as "agentId", g.name as "agentName",
    n.inbound_agent_id as "inboundAgentId", i.name as "inboundAgentName",
    n.client_id as "clientId", c.name as "clientName", n.claimed_from is not null as "fromPool",
    case when ${IS_RESERVED} then n.reserved_until end as "reservedUntil", n.reserved_by as "reservedBy",
    n.created_at as "createdAt", n.updated_at as "updatedAt"`;

/** The records of a page, in the order of their ids in $1. */
export const PHONE_NUMBERS_BY_ID = `
  ${PHONE_NUMBER_VIEW} ${PHONE_NUMBERS_FROM} and n.id = any ($1::uuid[]) order by array_position($1::uuid[], n.id)`;

/** The same with the rules of the assignment. */
export const EXPORTED_BY_ID = `
  ${PHONE_NUMBER_VIEW}, a.daily_limit as "dailyLimit", a.allowed_countries as "allowedCountries"
  ${PHONE_NUMBERS_FROM} and n.id = any ($1::uuid[]) order by n.id`;

export interface PhoneNumberViewRow {
  id: string;
  phoneNumber: string;
  countryCode: string | null;
  region: string | null;
  numberType: string | null;
  label: string | null;
  provider: PhoneNumberProvider;
  lifecycle: PhoneNumberLifecycle;
  status: PhoneNumberStatus;
  inPool: boolean;
  tags: string[];
  monthlyCost: string | null;
  currency: string | null;
  voice: boolean;
  sms: boolean;
  assignmentId: string | null;
  agentId: string | null;
  agentName: string | null;
  inboundAgentId: string | null;
  inboundAgentName: string | null;
  clientId: string | null;
  clientName: string | null;
  fromPool: boolean;
  reservedUntil: Date | null;
  reservedBy: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Whose a reservation is, others are not told. */
export function toView(context: RequestContext, row: PhoneNumberViewRow): PhoneNumberView {
  const { voice, sms, reservedBy, ...fields } = row;
  return {
    ...fields,
    capabilities: { voice, sms },
    reservedUntil: row.reservedUntil?.toISOString() ?? null,
    reservedByUs: row.reservedUntil !== null && reservedBy === context.organizationId,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
