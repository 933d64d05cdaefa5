import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { clientLimit, PLATFORM_ORGANIZATION, type RequestContext } from '../../tenancy/tenancy.public.js';
import { PoolQuota } from './pool-quota.js';
import { CLAIM_PHONE_NUMBERS, RELEASE_PHONE_NUMBERS, WAS_CLAIMED } from './sql/claim-phone-numbers.sql.js';
import { COUNT_HELD_OF_POOL, LOCK_POOL_QUOTA, READ_POOL_QUOTA } from './sql/pool-quota.sql.js';
import { RESERVE_PHONE_NUMBER, UNRESERVE_PHONE_NUMBER } from './sql/reserve-phone-numbers.sql.js';

export interface MovedPhoneNumber {
  id: string;
  phoneNumber: string;
}

export interface AnsweredPhoneNumber {
  phoneNumber: string;
  agentName: string;
}

/** The steps between the pool and an organization. They alone may write rows of the pool for another organization. */
@Injectable()
export class NumberLifecycleRepository {
  constructor(private readonly database: Database) {}

  /**
   * Locks the organization's quota until the transaction ends: of two requests that take the last room at once, the
   * second counts what the first took. Take this lock before those of clients and numbers.
   */
  lockPoolQuota(tx: Transaction, context: RequestContext): Promise<PoolQuota> {
    return this.poolQuota(tx, context, LOCK_POOL_QUOTA);
  }

  /** The quota at the moment, for a preview. */
  readPoolQuota(tx: Transaction, context: RequestContext): Promise<PoolQuota> {
    return this.poolQuota(tx, context, READ_POOL_QUOTA);
  }

  /** @returns the numbers that were free and are the organization's now; the caller has taken room in the quota */
  claim(
    tx: Transaction,
    context: RequestContext,
    ids: readonly string[],
    clientId: string | null,
  ): Promise<MovedPhoneNumber[]> {
    const parameters = [context.organizationId, ids, clientId];
    return this.withPool(tx, context, () => tx.query<MovedPhoneNumber>(CLAIM_PHONE_NUMBERS, parameters));
  }

  /** @returns the numbers that came from the pool and are there again; the caller has locked them */
  release(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<MovedPhoneNumber[]> {
    const parameters = [context.organizationId, ids];
    return this.withPool(tx, context, () => tx.query<MovedPhoneNumber>(RELEASE_PHONE_NUMBERS, parameters));
  }

  /** @returns until when, or null when the number is not free */
  async reserve(tx: Transaction, context: RequestContext, id: string, minutes: number): Promise<Date | null> {
    const [row] = await this.withPool(tx, context, () =>
      tx.query<{ reservedUntil: Date }>(RESERVE_PHONE_NUMBER, [context.organizationId, id, minutes]),
    );
    return row?.reservedUntil ?? null;
  }

  /** @returns false when there is no reservation that the organization may end */
  async unreserve(tx: Transaction, context: RequestContext, id: string): Promise<boolean> {
    const rows = await this.withPool(tx, context, () => tx.query(UNRESERVE_PHONE_NUMBER, [context.organizationId, id]));
    return rows.length > 0;
  }

  /** Whether an organization has claimed the number, which every organization could see in the pool before. */
  async wasClaimed(id: string): Promise<boolean> {
    return (await this.database.asSystem((tx) => tx.query(WAS_CLAIMED, [id]))).length > 0;
  }

  async setInboundAgent(tx: Transaction, context: RequestContext, id: string, agentId: string | null): Promise<void> {
    await tx.query('update phone_numbers set inbound_agent_id = $3 where organization_id = $1 and id = $2', [
      context.organizationId,
      id,
      agentId,
    ]);
  }

  /**
   * The number that the agent answers, where the organization gives each agent one. Null when it is gone by now, or belongs to
   * a client that the caller is not limited to.
   */
  async answeredBy(tx: Transaction, context: RequestContext, agentId: string): Promise<AnsweredPhoneNumber | null> {
    const [row] = await tx.query<AnsweredPhoneNumber>(
      `select n.e164 as "phoneNumber", a.name as "agentName"
       from phone_numbers n join agents a on a.organization_id = n.organization_id and a.id = n.inbound_agent_id
       where n.organization_id = $1 and n.inbound_agent_id = $2 and n.sole_connection
         and ($3::uuid[] is null or n.client_id = any ($3))`,
      [context.organizationId, agentId, clientLimit(context)],
    );
    return row ?? null;
  }

  private async poolQuota(tx: Transaction, { organizationId }: RequestContext, quotaSql: string): Promise<PoolQuota> {
    const [organization] = await tx.query<{ quota: number | null }>(quotaSql, [organizationId]);
    // A later statement than the lock: the one that waited for it would count what was there before.
    const [numbers] = await tx.query<{ held: number }>(COUNT_HELD_OF_POOL, [organizationId]);
    return new PoolQuota(organization!.quota, numbers!.held);
  }

  /** The platform's rows are writable for the one statement only. */
  private async withPool<T>(tx: Transaction, context: RequestContext, work: () => Promise<T>): Promise<T> {
    const organizations = [...new Set([context.organizationId, PLATFORM_ORGANIZATION])].join();
    await this.setOrganizations(tx, organizations);
    const result = await work();
    await this.setOrganizations(tx, context.organizationId);
    return result;
  }

  private async setOrganizations(tx: Transaction, organizations: string): Promise<void> {
    await tx.query(`select set_config('ringfence.organization_ids', $1, true)`, [`{${organizations}}`]);
  }
}
