import { Injectable } from '@nestjs/common';
import type { PhoneNumberSummaryView } from '#contracts';
import { Database } from '../../../platform/database/database.js';
import type { ListQuery } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { PhoneNumberCountsRepository } from './phone-number-counts.repository.js';
import { phoneNumberFilterOf } from './phone-number-filter.js';
import { type ExportedPhoneNumber, PhoneNumberPagesRepository } from './phone-number-pages.repository.js';

const EXPORTED_AT_ONCE = 1_000;

/** Figures and files of whole lists of numbers. */
@Injectable()
export class NumberListsService {
  constructor(
    private readonly database: Database,
    private readonly counts: PhoneNumberCountsRepository,
    private readonly pages: PhoneNumberPagesRepository,
  ) {}

  summary(context: RequestContext): Promise<PhoneNumberSummaryView> {
    return this.database.inTenant(context.organizationId, (tx) => this.counts.summary(tx, context));
  }

  /**
   * Every number that fits, the oldest first, chunk by chunk. Each chunk is read in a short transaction of its own when
   * the one before is taken. A wrong filter is refused before the first.
   *
   * @throws ProblemError validation_failed
   */
  all(context: RequestContext, query: ListQuery): AsyncGenerator<ExportedPhoneNumber[]> {
    return this.chunks(context, phoneNumberFilterOf(query));
  }

  private async *chunks(
    context: RequestContext,
    filter: ReturnType<typeof phoneNumberFilterOf>,
  ): AsyncGenerator<ExportedPhoneNumber[]> {
    for (let after: string | null = null; ;) {
      const start: string | null = after;
      const chunk: ExportedPhoneNumber[] = await this.database.inTenant(context.organizationId, (tx) =>
        this.pages.findAfter(tx, context, filter, start, EXPORTED_AT_ONCE),
      );
      yield chunk;
      if (chunk.length < EXPORTED_AT_ONCE) return;
      after = chunk[chunk.length - 1]!.id;
    }
  }
}
