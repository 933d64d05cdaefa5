import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { PURGE_REFRESH_TOKENS } from './sql/purge-refresh-tokens.sql.js';
import { PURGE_SESSIONS } from './sql/purge-sessions.sql.js';
import { PURGE_SIGN_IN_COUNTERS } from './sql/purge-sign-in-counters.sql.js';

const ROWS_PER_TRANSACTION = 1_000;

/** Removes what is left of sign-ins that are over: refresh tokens, sessions, and counters of failed attempts. */
@Injectable()
export class SignInPurge implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'auth.purge_sign_ins',
      everySeconds: 60,
      runsIn: 'cluster',
      limitSeconds: 600,
      enabled: true,
      run: (signal) => this.run(signal),
    });
  }

  async run(signal?: AbortSignal): Promise<null> {
    for (const statement of [PURGE_REFRESH_TOKENS, PURGE_SESSIONS, PURGE_SIGN_IN_COUNTERS]) {
      for (let purged = ROWS_PER_TRANSACTION; purged === ROWS_PER_TRANSACTION && !signal?.aborted;) {
        purged = (await this.database.asSystem((tx) => tx.query(statement, [ROWS_PER_TRANSACTION]))).length;
      }
    }
    return null;
  }
}
