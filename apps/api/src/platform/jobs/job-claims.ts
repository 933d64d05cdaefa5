import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import {
  CLAIM_JOB,
  ENTER_JOB,
  FAIL_RUN,
  FINISH_RUN,
  GIVE_CLAIM_BACK,
  type JobClaimRow,
  PROLONG_CLAIM,
} from './sql/job-claims.sql.js';

/** How long a claim holds when its process dies. A living process prolongs it well before. */
const LEASE_SECONDS = 30;
/** How often a claim is prolonged. */
export const PROLONG_EVERY_MS = 10_000;

/** Who runs which job, in the table `job_claims`. All times are the database's. */
@Injectable()
export class JobClaims {
  constructor(private readonly database: Database) {}

  /** Claims the job's period when it is due and free, and tells how the job stands. */
  async claim(name: string): Promise<JobClaimRow> {
    return this.database.asSystem(async (tx) => {
      const [row] = await tx.query<JobClaimRow>(CLAIM_JOB, [name, LEASE_SECONDS]);
      if (row) return row;
      await tx.query(ENTER_JOB, [name]);
      return (await tx.query<JobClaimRow>(CLAIM_JOB, [name, LEASE_SECONDS]))[0]!;
    });
  }

  /** @returns whether the run still has the claim */
  async prolong(name: string, runId: string): Promise<boolean> {
    const rows = await this.database.asSystem((tx) => tx.query(PROLONG_CLAIM, [name, runId, LEASE_SECONDS]));
    return rows.length > 0;
  }

  async finish(name: string, runId: string, everySeconds: number): Promise<void> {
    await this.database.asSystem((tx) => tx.query(FINISH_RUN, [name, runId, everySeconds]));
  }

  /** @param retrySeconds when it is tried again */
  async fail(name: string, runId: string, retrySeconds: number, reason: string): Promise<void> {
    await this.database.asSystem((tx) => tx.query(FAIL_RUN, [name, runId, retrySeconds, reason]));
  }

  async giveBack(name: string, runId: string): Promise<void> {
    await this.database.asSystem((tx) => tx.query(GIVE_CLAIM_BACK, [name, runId]));
  }
}
