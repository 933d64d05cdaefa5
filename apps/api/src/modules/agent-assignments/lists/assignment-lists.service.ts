import { Injectable } from '@nestjs/common';
import type { AgentAssignmentView } from '#contracts';
import { Database } from '../../../platform/database/database.js';
import type { ListQuery } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AssignmentPagesRepository } from './assignment-pages.repository.js';
import type { AssignmentFilter } from './assignment-conditions.js';
import { assignmentFilterOf } from './assignment-filter.js';

const EXPORTED_AT_ONCE = 1_000;

/** Files of whole lists of assignments. */
@Injectable()
export class AssignmentListsService {
  constructor(
    private readonly database: Database,
    private readonly pages: AssignmentPagesRepository,
  ) {}

  /**
   * Every live assignment that fits, the oldest first, chunk by chunk. Each chunk is read in a short transaction of its
   * own when the one before is taken. A wrong filter is refused before the first.
   *
   * @throws ProblemError validation_failed
   */
  all(context: RequestContext, query: ListQuery): AsyncGenerator<AgentAssignmentView[]> {
    return this.chunks(context, assignmentFilterOf(context, query));
  }

  private async *chunks(context: RequestContext, filter: AssignmentFilter): AsyncGenerator<AgentAssignmentView[]> {
    for (let after: string | null = null; ;) {
      const start: string | null = after;
      const chunk: AgentAssignmentView[] = await this.database.inTenant(context.organizationId, (tx) =>
        this.pages.findAfter(tx, context, filter, start, EXPORTED_AT_ONCE),
      );
      yield chunk;
      if (chunk.length < EXPORTED_AT_ONCE) return;
      after = chunk[chunk.length - 1]!.id;
    }
  }
}
