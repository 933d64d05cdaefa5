import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { AuditLog } from '../../audit/audit.public.js';
import { contextOfJob } from '../jobs/import-actor.js';
import { ImportsRepository, type WorkableJob } from '../jobs/imports.repository.js';
import { OTHERS_WAIT } from '../jobs/sql/import-jobs.sql.js';
import { ImportMerge } from './import-merge.js';
import { ImportPace } from './import-pace.js';
import { ImportRun } from './import-run.js';
import { NumberRemoval } from './number-removal.js';

/** How long an organization is served while others wait. */
const TURN_MS = 3_000;
/** Runs that rest in memory until their next turn. One that was dropped reads its file again up to where it was. */
const MAX_RESTING = 2;
const MAX_ATTEMPTS = 5;

/** Serves one organization after the other, so that one's million rows do not hold up another's ten. */
@Injectable()
export class ImportTurns {
  private readonly logger = new Logger('Imports');
  private readonly resting = new Map<string, ImportRun>();

  constructor(
    private readonly database: Database,
    private readonly repository: ImportsRepository,
    private readonly merge: ImportMerge,
    private readonly removal: NumberRemoval,
    private readonly pace: ImportPace,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Works on the organization's imports, oldest first, until they are done or it is another organization's turn.
   *
   * @param stop ends the turn at its next chunk
   * @returns whether there is more to do
   */
  async serve(organizationId: string, stop?: AbortSignal): Promise<boolean> {
    let endsAt = Date.now() + TURN_MS;
    for (;;) {
      const job = await this.database.inTenant(organizationId, (tx) =>
        this.repository.nextWorkable(tx, organizationId),
      );
      if (!job) return false;
      const run = this.runOf(organizationId, job);
      for (let state = await this.step(organizationId, run); state === 'unfinished';) {
        if (stop?.aborted) return true;
        if (Date.now() >= endsAt) {
          if (await this.othersWait(organizationId)) {
            this.rest(run);
            return true;
          }
          endsAt = Date.now() + TURN_MS;
        }
        state = await this.step(organizationId, run);
      }
      if (stop?.aborted) return true;
    }
  }

  /** A job that fails again and again at the same rows is given up; the queue tries it again until then. */
  private async step(organizationId: string, run: ImportRun) {
    try {
      const startedMs = performance.now();
      const state = await run.step();
      if (state === 'unfinished') await this.pace.rest(performance.now() - startedMs);
      return state;
    } catch (error) {
      const { job } = run;
      this.logger.error({
        msg: `Import ${job.id} stumbled`,
        stack: error instanceof Error ? error.stack : String(error),
      });
      const context = contextOfJob(organizationId, job);
      const state = await this.database.inTenant(organizationId, async (tx) => {
        const locked = await this.repository.lock(tx, context, job.id);
        if (!locked || locked.finished) return 'finished' as const;
        if (job.attempts + 1 < MAX_ATTEMPTS) {
          await this.repository.countAttempt(tx, context, job.id);
          return null;
        }
        const failure = 'The import could not go on. Upload the file again; what was taken stays, and is skipped then.';
        await run.end(tx, 'failed', failure);
        return 'finished' as const;
      });
      if (state === null) throw error;
      return state;
    }
  }

  private runOf(organizationId: string, job: WorkableJob): ImportRun {
    const resting = this.resting.get(job.id);
    this.resting.delete(job.id);
    if (resting) return resting;
    const { database, repository, merge, removal, pace, audit } = this;
    return new ImportRun({ database, repository, merge, removal, pace, audit }, contextOfJob(organizationId, job), job);
  }

  private rest(run: ImportRun): void {
    this.resting.set(run.job.id, run);
    const [oldest] = this.resting.keys();
    if (this.resting.size > MAX_RESTING && oldest !== undefined) this.resting.delete(oldest);
  }

  private async othersWait(organizationId: string): Promise<boolean> {
    const [row] = await this.database.asSystem((tx) => tx.query<{ waiting: boolean }>(OTHERS_WAIT, [organizationId]));
    return row?.waiting === true;
  }
}
