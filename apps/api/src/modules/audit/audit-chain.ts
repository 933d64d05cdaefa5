import { Injectable, Logger } from '@nestjs/common';
import type { AuditChainView } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { UNLINKED_ORGANIZATIONS } from './sql/unlinked-organizations.sql.js';
import { verifyChain } from './verify-chain.js';

const EVENTS_PER_TRANSACTION = 1_000;

/**
 * Links events that have been committed into the chains of their organizations (ADR 12). Any number of processes may run
 * it at once: the head of a chain is locked by one of them, and the others pass it by.
 */
@Injectable()
export class AuditChain {
  private readonly logger = new Logger(AuditChain.name);

  constructor(private readonly database: Database) {}

  /** Links what has no link yet. One organization's failure is logged and does not keep the others from theirs. */
  async link(signal?: AbortSignal): Promise<{ linked: number; failures: number }> {
    const result = { linked: 0, failures: 0 };
    const waiting = await this.database.asSystem((tx) => tx.query<{ organizationId: string }>(UNLINKED_ORGANIZATIONS));
    for (const { organizationId } of waiting) {
      if (signal?.aborted) break;
      try {
        result.linked += await this.linkAll(organizationId);
      } catch (error) {
        result.failures += 1;
        this.logger.error(`Linking the audit events of the organization ${organizationId} failed: ${String(error)}`);
      }
    }
    return result;
  }

  /** Checks the last events of a chain. @param atMost how many */
  verifyLast(organizationId: string, atMost: number): Promise<AuditChainView> {
    return this.database.inTenant(organizationId, (tx) =>
      verifyChain((sql, parameters) => tx.query(sql, parameters), organizationId, { atMost }),
    );
  }

  private async linkAll(organizationId: string): Promise<number> {
    for (let total = 0; ;) {
      const linked = await this.database.asSystem(async (tx) => {
        const [row] = await tx.query<{ linked: number }>('select link_audit_events($1, $2) as linked', [
          organizationId,
          EVENTS_PER_TRANSACTION,
        ]);
        return row!.linked;
      });
      total += linked;
      if (linked < EVENTS_PER_TRANSACTION) return total;
    }
  }
}
