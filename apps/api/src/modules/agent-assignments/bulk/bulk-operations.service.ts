import { Injectable } from '@nestjs/common';
import type { BulkItemView, BulkOperation, BulkResultView, RestrictedDestinationType } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { Agents } from '../../agents/agents.public.js';
import { AuditLog } from '../../audit/audit.public.js';
import { Clients } from '../../clients/clients.public.js';
import { BulkPhoneNumbers, NumberSteps } from '../../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { type BulkAgent, planBulk } from './bulk-plan.js';
import { BulkAssignments } from './bulk-assignments.js';

/** Bounds the locks that one transaction holds, and the size of its audit entry. */
const MAX_NUMBERS = 10_000;

export interface BulkRequest {
  operation: BulkOperation;
  ids: string[] | null;
  filter: Record<string, unknown> | null;
  preview: boolean;
  allOrNothing: boolean;
  tags: string[];
  agentIds: string[];
  clientId: string | null;
  reassign: boolean;
  dailyLimit?: number;
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
}

/** One operation on many numbers, in one transaction: select, lock, plan, do, and one entry in the audit trail. */
@Injectable()
export class BulkOperationsService {
  constructor(
    private readonly database: Database,
    private readonly numbers: BulkPhoneNumbers,
    private readonly assignments: BulkAssignments,
    private readonly agents: Agents,
    private readonly clients: Clients,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Does the operation to every number that allows it, or tells what it would do.
   *
   * @returns what became of each number; with `allOrNothing` nothing was done when one is refused
   * @throws ProblemError validation_failed, permission_denied, record_not_found or agent_inactive (agents)
   */
  run(context: RequestContext, request: BulkRequest): Promise<BulkResultView> {
    requirePermission(context, request.operation);
    return this.database.inTenant(context.organizationId, async (tx) => {
      const poolQuota =
        request.operation === 'claim'
          ? await this.numbers.poolQuota(tx, context, request.preview ? 'read' : 'lock')
          : null;
      const ids = await this.select(tx, context, request);
      const agents = await this.lockAgents(tx, context, request);
      if (!request.preview) await this.numbers.lock(tx, context, ids);
      const numbers = await this.numbers.find(tx, context, ids);
      const seen = new Set(numbers.map(({ id }) => id));
      const items = [
        ...planBulk(numbers, { ...request, agents, poolQuota }),
        ...ids.filter((id) => !seen.has(id)).map((id) => missing(id)),
      ];
      const refused = items.some(({ outcome }) => outcome === 'refused');
      const apply = !request.preview && !(request.allOrNothing && refused);
      if (!apply) return resultOf(request, items, false);
      return this.apply(tx, context, request, items);
    });
  }

  private async apply(
    tx: Transaction,
    context: RequestContext,
    request: BulkRequest,
    planned: BulkItemView[],
  ): Promise<BulkResultView> {
    const todo = planned.filter(({ outcome }) => outcome === 'done');
    const lost = await this.carryOut(tx, context, request, todo);
    const items = planned.map((item) => (lost.has(item.id) ? refusedAsTaken(item) : item));
    // Numbers of the pool are not locked while planning: another organization may have claimed one meanwhile.
    if (request.allOrNothing && lost.size > 0) throw NumberSteps.taken();
    const done = items.filter(({ outcome }) => outcome === 'done');
    if (done.length > 0) {
      const { operation, tags, dailyLimit, allowedCountries, allowedNumberTypes, clientId } = request;
      const parameters = { tags, dailyLimit, allowedCountries, allowedNumberTypes, clientId };
      await this.audit.record(tx, context, {
        action: `phone_number.bulk_${operation}`,
        subjectType: 'phone_number',
        subjectId: null,
        relatedIds: done.map(({ id }) => id),
        facts: {
          ...parameters,
          items: done.map(({ id, phoneNumber, agentName }) => ({ id, phoneNumber, ...(agentName && { agentName }) })),
        },
      });
    }
    return resultOf(request, items, true);
  }

  /** @returns the ids of numbers of the pool that another organization got first */
  private async carryOut(
    tx: Transaction,
    context: RequestContext,
    request: BulkRequest,
    todo: readonly BulkItemView[],
  ): Promise<Set<string>> {
    const { operation } = request;
    const ids = todo.map(({ id }) => id);
    if (ids.length === 0) return new Set();
    if (operation === 'claim') {
      const clientId = await this.clients.choose(tx, context, request.clientId);
      const claimed = new Set(await this.numbers.claim(tx, context, ids, clientId));
      return new Set(ids.filter((id) => !claimed.has(id)));
    }
    if (operation === 'release') await this.numbers.release(tx, context, ids);
    if (operation === 'delete') await this.numbers.archive(tx, context, ids);
    if (operation === 'tag') await this.numbers.tag(tx, context, ids, request.tags);
    if (operation === 'untag') await this.numbers.untag(tx, context, ids, request.tags);
    if (operation === 'activate') await this.numbers.setLifecycle(tx, context, ids, 'active');
    if (operation === 'deactivate') await this.numbers.setLifecycle(tx, context, ids, 'inactive');
    if (operation === 'unassign') await this.assignments.end(tx, context, ids);
    if (operation === 'assign' || operation === 'distribute') {
      await this.assignments.end(tx, context, ids);
      await this.assignments.put(tx, context, todo, request);
    }
    return new Set();
  }

  private async select(tx: Transaction, context: RequestContext, request: BulkRequest): Promise<string[]> {
    if (request.ids) return [...new Set(request.ids)];
    // Claiming is about the pool, everything else about the own numbers.
    const filter = { ...(request.operation === 'claim' && { inPool: true }), ...request.filter };
    const ids = await this.numbers.select(tx, context, filter, MAX_NUMBERS + 1);
    if (ids.length <= MAX_NUMBERS) return ids;
    const message = `finds more than ${MAX_NUMBERS.toLocaleString('en')} numbers, the most that one request changes; narrow it down`;
    throw new ProblemError('validation_failed', `filter: ${message}.`, { errors: { filter: message } });
  }

  private async lockAgents(tx: Transaction, context: RequestContext, request: BulkRequest): Promise<BulkAgent[]> {
    if (request.agentIds.length === 0) return [];
    const locked = new Map<string, string>();
    for (const id of [...request.agentIds].sort()) {
      locked.set(id, (await this.agents.lockActive(tx, context, id)).name);
    }
    const room = await this.assignments.roomOf(tx, context, request.agentIds);
    return request.agentIds.map((id) => ({ id, name: locked.get(id)!, room: room(id) }));
  }
}

/** The route asks for one permission; those that assign need the other as well. */
function requirePermission({ principal }: RequestContext, operation: BulkOperation): void {
  const assigns = operation === 'assign' || operation === 'unassign' || operation === 'distribute';
  if (!assigns || principal.permissions.has('assignments:write')) return;
  throw new ProblemError('permission_denied', `To ${operation} numbers you need the permission assignments:write.`);
}

function missing(id: string): BulkItemView {
  const message = 'There is no such phone number. It may have been deleted, or claimed by another organization.';
  const noAgent = { agentId: null, agentName: null };
  return { id, phoneNumber: null, outcome: 'refused', code: 'record_not_found', message, ...noAgent };
}

function refusedAsTaken(item: BulkItemView): BulkItemView {
  const { code, detail } = NumberSteps.taken();
  return { ...item, outcome: 'refused', code, message: detail };
}

function resultOf({ operation, preview }: BulkRequest, items: BulkItemView[], applied: boolean): BulkResultView {
  const count = (outcome: BulkItemView['outcome']) => items.filter((item) => item.outcome === outcome).length;
  const counts = { total: items.length, done: count('done'), unchanged: count('unchanged'), refused: count('refused') };
  return { operation, preview, applied, ...counts, items };
}
