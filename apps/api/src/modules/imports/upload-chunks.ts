import { Injectable } from '@nestjs/common';
import type { ImportRowError } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { type NewPhoneNumber, PhoneNumberRegistry, type Registration } from '../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { checkUploadRow, rowError } from './check-upload-row.js';
import { type ImportCounts, type ImportOptions, ImportsRepository } from './imports.repository.js';
import type { UploadRow } from './upload-rows.js';

interface NumberOfLine {
  line: number;
  number: NewPhoneNumber;
}

type Registrations = Map<string, Registration>;

const TAKEN = {
  own: 'is among your numbers already. To change it, upload with mode=upsert.',
  in_pool: 'is in the pool. Claim it there instead of uploading it.',
  elsewhere: 'is registered already. If it is yours, ask the platform administrator for it.',
};

/** Carries the result of a rehearsal out of the transaction that it rolls back. */
class Rehearsed extends Error {
  constructor(readonly registrations: Registrations) {
    super('Rolled back on purpose');
  }
}

/** Takes the rows of an upload, one chunk at a time. */
@Injectable()
export class UploadChunks {
  constructor(
    private readonly database: Database,
    private readonly registry: PhoneNumberRegistry,
    private readonly imports: ImportsRepository,
  ) {}

  /**
   * Takes the good rows of a chunk and counts all of them, in one transaction. A dry run takes them and rolls that
   * back: only the database knows which numbers others have, so counting without trying would count differently.
   *
   * @param linesOfNumbers where each number stood first; grows with every chunk
   */
  async take(
    context: RequestContext,
    jobId: string,
    rows: readonly UploadRow[],
    options: ImportOptions,
    linesOfNumbers: Map<string, number>,
  ): Promise<void> {
    const { good, counts, errors } = sort(rows, linesOfNumbers);
    const rehearsed = options.dryRun ? await this.rehearse(context, good, options) : null;
    await this.database.inTenant(context.organizationId, async (tx) => {
      const registrations =
        rehearsed ?? (await this.registry.register(tx, context, numbersOf(good), existing(options)));
      const outcome = outcomeOf(good, registrations);
      const all = [...errors, ...outcome.errors];
      await this.imports.addProgress(tx, context, jobId, sum(counts, outcome.counts), all);
    });
  }

  private async rehearse(
    context: RequestContext,
    good: readonly NumberOfLine[],
    options: ImportOptions,
  ): Promise<Registrations> {
    try {
      return await this.database.inTenant(context.organizationId, async (tx) => {
        throw new Rehearsed(await this.registry.register(tx, context, numbersOf(good), existing(options)));
      });
    } catch (error) {
      if (error instanceof Rehearsed) return error.registrations;
      throw error;
    }
  }
}

/** Parts what can be taken from what cannot, as far as the rows tell by themselves. */
function sort(rows: readonly UploadRow[], linesOfNumbers: Map<string, number>) {
  const good: NumberOfLine[] = [];
  const errors: ImportRowError[] = [];
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0 };
  for (const row of rows) {
    const checked = checkUploadRow(row);
    if (!checked.ok) {
      counts.failed += 1;
      errors.push(checked.error);
      continue;
    }
    const { number } = checked;
    const firstLine = linesOfNumbers.get(number.e164);
    if (firstLine === undefined) {
      linesOfNumbers.set(number.e164, row.line);
      good.push({ line: row.line, number });
    } else {
      counts.skipped += 1;
      const message = `${number.e164} stands in line ${firstLine} already. Keep one of the two lines.`;
      errors.push(rowError(row.line, 'duplicate_in_file', 'phoneNumber', message, number.e164));
    }
  }
  return { good, errors, counts };
}

/** What became of the good rows. Numbers that exist already are skipped, and reported unless they were to be updated. */
function outcomeOf(good: readonly NumberOfLine[], registrations: Registrations) {
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0 };
  const errors: ImportRowError[] = [];
  for (const { line, number } of good) {
    const outcome = registrations.get(number.e164)?.outcome ?? 'elsewhere';
    if (outcome === 'created' || outcome === 'revived') counts.created += 1;
    else if (outcome === 'updated') counts.updated += 1;
    else counts.skipped += 1;
    if (outcome === 'own' || outcome === 'in_pool' || outcome === 'elsewhere') {
      const message = `${number.e164} ${TAKEN[outcome]}`;
      errors.push(rowError(line, 'duplicate', 'phoneNumber', message, number.e164));
    }
  }
  return { counts, errors };
}

function numbersOf(good: readonly NumberOfLine[]): NewPhoneNumber[] {
  return good.map(({ number }) => number);
}

function existing({ mode }: ImportOptions): 'leave' | 'update' {
  return mode === 'upsert' ? 'update' : 'leave';
}

function sum(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
  };
}
