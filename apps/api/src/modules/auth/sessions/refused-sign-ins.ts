import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { AuditLog } from '../../audit/audit.public.js';
import type { SignInUser } from './sessions.repository.js';

/** Longer than a row may be locked, shorter than a shutdown may take. */
const RECORD_LIMIT_MS = 10_000;

/**
 * Leaves refused sign-ins in the audit log. The answer does not wait for it: only accounts have an audit log, and how long an
 * answer takes must not tell whether an e-mail has an account.
 */
@Injectable()
export class RefusedSignIns implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RefusedSignIns.name);
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** @param user null when the e-mail has no account */
  record(user: SignInUser | null, facts: { reason: string; address: string }, requestId: string): void {
    const account = { userId: user?.id ?? null, organizationId: user?.organizationId ?? null };
    const event = { action: 'session.refused', ...account, facts, requestId } as const;
    const recording = this.database
      .asSystem((tx) => this.audit.recordOfAccount(tx, event), AbortSignal.timeout(RECORD_LIMIT_MS))
      .catch((error: unknown) => this.logger.warn({ msg: 'A refused sign-in was not recorded', requestId, error }))
      .then(() => void this.running.delete(recording));
    this.running.add(recording);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.running);
  }
}
