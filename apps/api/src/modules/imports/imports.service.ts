import { Injectable } from '@nestjs/common';
import type { ImportJobView, ImportRowError } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { ProblemError } from '../../platform/http/problem.error.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { ImportsRepository } from './imports.repository.js';

const ERRORS_PER_PAGE = 1_000;

/** What became of uploads. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ImportsRepository,
  ) {}

  /** @throws ProblemError record_not_found */
  async get(context: RequestContext, id: string): Promise<ImportJobView> {
    const job = await this.database.inTenant(context.organizationId, (tx) => this.repository.find(tx, context, id));
    if (!job) throw new ProblemError('record_not_found', 'There is no such import.');
    return job;
  }

  /** Every row that was not taken, in the order of the file, page by page. */
  async *errors(context: RequestContext, id: string): AsyncGenerator<ImportRowError[]> {
    for (let line = 0; ;) {
      const after = line;
      const page = await this.database.inTenant(context.organizationId, (tx) =>
        this.repository.errorsAfter(tx, context, id, after, ERRORS_PER_PAGE),
      );
      if (page.length > 0) yield page;
      if (page.length < ERRORS_PER_PAGE) return;
      line = page.at(-1)!.line;
    }
  }
}
