import { Injectable } from '@nestjs/common';
import type { PhoneNumberView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { isUniqueViolation } from '../../../platform/database/sqlstate.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { Agents } from '../../agents/agents.public.js';
import { AuditLog, type FieldChanges, fieldsCleared, fieldsSet } from '../../audit/audit.public.js';
import { Clients } from '../../clients/clients.public.js';
import { PLATFORM_ORGANIZATION, type RequestContext } from '../../tenancy/tenancy.public.js';
import { phoneNumberNotFound } from '../inventory/phone-numbers.js';
import { PhoneNumbersRepository } from '../inventory/phone-numbers.repository.js';
import { NumberLifecycleRepository } from './number-lifecycle.repository.js';
import {
  agentAnswers,
  connected,
  isClaimable,
  notYours,
  requireFromPool,
  requireUnused,
  reserved,
  taken,
  unclaimable,
} from './number-steps.js';

type NumberStep = 'claimed' | 'released' | 'reserved' | 'unreserved' | 'connected' | 'disconnected';

/**
 * The steps of a number's life: pool, claimed, connected, disconnected, released. (Assigning is the business of the
 * assignments.) Each step locks the number's row and then decides, so that of two steps at once the second finds what the
 * first made of it.
 */
@Injectable()
export class NumberLifecycleService {
  constructor(
    private readonly database: Database,
    private readonly numbers: PhoneNumbersRepository,
    private readonly repository: NumberLifecycleRepository,
    private readonly agents: Agents,
    private readonly clients: Clients,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Takes a number out of the pool. Of two organizations that claim it at once, one gets it.
   *
   * @throws ProblemError record_not_found, phone_number_taken, phone_number_reserved, pool_quota_reached, conflict (it is
   *   the own already), validation_failed (client)
   */
  async claim(context: RequestContext, id: string, clientId: string | null): Promise<PhoneNumberView> {
    if (context.organizationId === PLATFORM_ORGANIZATION) {
      const detail =
        'The platform organization owns the pool. Claim the number for another organization (X-Organization-Id).';
      throw new ProblemError('conflict', detail);
    }
    const claimed = await this.database.inTenant(context.organizationId, async (tx) => {
      const quota = await this.repository.lockPoolQuota(tx, context);
      const chosen = await this.clients.choose(tx, context, clientId);
      const before = await this.find(tx, context, id);
      if (!before) return null;
      if (!isClaimable(before)) throw unclaimable(before);
      quota.take(before);
      const [number] = await this.repository.claim(tx, context, [id], chosen);
      if (number) {
        const changes = { inPool: { from: true, to: false }, ...fieldsSet({ clientId: chosen }) };
        return this.recorded(tx, context, id, 'claimed', changes);
      }
      const seen = await this.find(tx, context, id);
      if (seen) throw unclaimable(seen);
      return null;
    });
    if (claimed) return claimed;
    throw (await this.repository.wasClaimed(id)) ? taken() : phoneNumberNotFound();
  }

  /**
   * Puts a claimed number back into the pool, as it was there.
   *
   * @throws ProblemError record_not_found, phone_number_assigned, phone_number_connected, conflict (not claimed)
   */
  release(context: RequestContext, id: string): Promise<PhoneNumberView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const number = await this.lock(tx, context, id);
      if (number.inPool) {
        throw new ProblemError(
          'conflict',
          `${number.phoneNumber} is in the pool already. There is nothing to release.`,
        );
      }
      requireFromPool(number);
      requireUnused(number);
      await this.repository.release(tx, context, [id]);
      return this.recorded(tx, context, id, 'released', { inPool: { from: false, to: true } });
    });
  }

  /**
   * Keeps a number of the pool for the organization. Reserving again prolongs it; by itself it ends by the clock.
   *
   * @throws ProblemError record_not_found, phone_number_reserved, phone_number_taken, pool_quota_reached, conflict (it is
   *   the own already)
   */
  async reserve(context: RequestContext, id: string, minutes: number): Promise<PhoneNumberView> {
    const number = await this.database.inTenant(context.organizationId, async (tx) => {
      const quota = await this.repository.lockPoolQuota(tx, context);
      const before = await this.find(tx, context, id);
      if (!before) return null;
      if (!before.inPool) {
        throw new ProblemError('conflict', `${before.phoneNumber} is yours already. There is nothing to reserve.`);
      }
      if (before.reservedUntil !== null && !before.reservedByUs) throw reserved(before);
      quota.take(before);
      const until = await this.repository.reserve(tx, context, id, minutes);
      if (until) {
        const changes = { reservedUntil: { from: before.reservedUntil, to: until.toISOString() } };
        return this.recorded(tx, context, id, 'reserved', changes);
      }
      const seen = await this.find(tx, context, id);
      if (seen) throw seen.reservedUntil === null ? taken() : reserved(seen);
      return null;
    });
    if (number) return number;
    throw (await this.repository.wasClaimed(id)) ? taken() : phoneNumberNotFound();
  }

  /** @throws ProblemError record_not_found, phone_number_reserved (by another organization), conflict (not reserved) */
  unreserve(context: RequestContext, id: string): Promise<PhoneNumberView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const before = await this.find(tx, context, id);
      if (await this.repository.unreserve(tx, context, id)) {
        const changes = fieldsCleared({ reservedUntil: before?.reservedUntil });
        return this.recorded(tx, context, id, 'unreserved', changes);
      }
      const number = await this.find(tx, context, id);
      if (!number) throw phoneNumberNotFound();
      if (number.reservedUntil !== null) throw reserved(number);
      throw new ProblemError('conflict', `${number.phoneNumber} is not reserved. There is nothing to unreserve.`);
    });
  }

  /**
   * Makes the agent answer the number's inbound calls. A number has one such agent.
   *
   * @throws ProblemError record_not_found, agent_inactive, phone_number_connected, agent_has_number, conflict (in the pool)
   */
  async connect(context: RequestContext, id: string, agentId: string): Promise<PhoneNumberView> {
    try {
      return await this.database.inTenant(context.organizationId, async (tx) => {
        const agent = await this.agents.lockActive(tx, context, agentId);
        const number = await this.lock(tx, context, id);
        if (number.inPool) throw notYours(number, 'connect');
        if (number.inboundAgentId !== null) throw connected(number);
        await this.repository.setInboundAgent(tx, context, id, agentId);
        return this.recorded(tx, context, id, 'connected', { inboundAgent: { from: null, to: agent.name } }, [agentId]);
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'one_connection_per_agent')) throw error;
      throw agentAnswers(
        await this.database.inTenant(context.organizationId, (tx) => this.repository.answeredBy(tx, context, agentId)),
      );
    }
  }

  /** @throws ProblemError record_not_found, conflict (not connected) */
  disconnect(context: RequestContext, id: string): Promise<PhoneNumberView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const number = await this.lock(tx, context, id);
      if (number.inboundAgentId === null) {
        throw new ProblemError('conflict', `${number.phoneNumber} is not connected. There is nothing to disconnect.`);
      }
      await this.repository.setInboundAgent(tx, context, id, null);
      const changes = { inboundAgent: { from: number.inboundAgentName, to: null } };
      return this.recorded(tx, context, id, 'disconnected', changes, [number.inboundAgentId]);
    });
  }

  /** The number as it is once its row is locked. Rows of the pool are not locked by other organizations. */
  private async lock(tx: Transaction, context: RequestContext, id: string): Promise<PhoneNumberView> {
    await this.numbers.lockOwn(tx, context, id);
    const number = await this.find(tx, context, id);
    if (!number) throw phoneNumberNotFound();
    return number;
  }

  private find(tx: Transaction, context: RequestContext, id: string): Promise<PhoneNumberView | null> {
    return this.numbers.findOne(tx, context, { scope: 'visible', ids: [id] });
  }

  private async recorded(
    tx: Transaction,
    context: RequestContext,
    id: string,
    step: NumberStep,
    changes: FieldChanges,
    relatedIds: string[] = [],
  ): Promise<PhoneNumberView> {
    await this.audit.record(tx, context, {
      action: `phone_number.${step}`,
      subjectType: 'phone_number',
      subjectId: id,
      relatedIds,
      changes,
    });
    const number = await this.find(tx, context, id);
    if (!number) throw phoneNumberNotFound();
    return number;
  }
}
