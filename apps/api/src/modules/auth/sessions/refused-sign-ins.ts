import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { SignInUser } from './sessions.repository.js';
import { RECORD_REFUSED_SIGN_IN } from './sql/record-refused-sign-in.sql.js';

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

  constructor(private readonly database: Database) {}

  /** @param user null when the e-mail has no account */
  record(user: SignInUser | null, facts: { reason: string; address: string }, requestId: string): void {
    const parameters = [user?.id ?? null, user?.organizationId ?? null, JSON.stringify(facts), requestId];
    const recording = this.database
      .asSystem((tx) => tx.query(RECORD_REFUSED_SIGN_IN, parameters), AbortSignal.timeout(RECORD_LIMIT_MS))
      .catch((error: unknown) => this.logger.warn({ msg: 'A refused sign-in was not recorded', requestId, error }))
      .then(() => void this.running.delete(recording));
    this.running.add(recording);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.running);
  }
}
