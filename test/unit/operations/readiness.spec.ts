import type { LedgerDays } from '../../../apps/api/src/modules/call-gate/ledger/ledger-days.service.js';
import type { LedgerState } from '../../../apps/api/src/modules/call-gate/ledger/sql/ledger-days.sql.js';
import type { DatabaseCheck } from '../../../apps/api/src/modules/operations/database-check.js';
import { NO_ANSWER, Readiness } from '../../../apps/api/src/modules/operations/readiness.js';

/** A database that is asked, and answers when it is told to. */
class FakeDatabase {
  questions = 0;
  answer: (complaint: string | null) => void = () => undefined;

  complaint(): Promise<string | null> {
    this.questions += 1;
    return new Promise((resolve) => (this.answer = resolve));
  }
}

function readinessOf(database: FakeDatabase, days: Partial<LedgerState> = {}): Readiness {
  const ledger = { state: async () => ({ daysAhead: 14, oldestDay: null, unplaced: 0, ...days }) };
  return new Readiness(database as unknown as DatabaseCheck, ledger as unknown as LedgerDays);
}

describe('Readiness', () => {
  it('asks once for all who ask at the same time, and again only after a second', async () => {
    const database = new FakeDatabase();
    const readiness = readinessOf(database);
    const asked = Array.from({ length: 50 }, () => readiness.complaint());
    database.answer('not migrated');
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['not migrated']));
    expect(await readiness.complaint()).toBe('not migrated');
    expect(database.questions).toBe(1);
  });

  it('gives up after two seconds, and asks no second time while the first question is open', async () => {
    const database = new FakeDatabase();
    const readiness = readinessOf(database);
    const asked = Array.from({ length: 50 }, () => readiness.complaint());
    expect(new Set(await Promise.all(asked))).toEqual(new Set([NO_ANSWER]));
    expect(await readiness.complaint()).toBe(NO_ANSWER);
    expect(database.questions).toBe(1);
    database.answer(null);
    await Promise.resolve();
    expect(await readiness.complaint()).toBeNull();
  });

  it.each([
    [{}, null],
    [{ daysAhead: 2 }, null],
    [{ daysAhead: 1 }, /has 1 of the coming days/],
    [{ unplaced: 3 }, /3 calls of the ledger lie in no day/],
  ])('warns of the ledger %j and stays ready', async (days, notice) => {
    const database = new FakeDatabase();
    const readiness = readinessOf(database, days);
    const asked = readiness.complaint();
    database.answer(null);
    expect(await asked).toBeNull();
    if (notice === null) expect(readiness.notice).toBeNull();
    else expect(readiness.notice).toMatch(notice);
  });

  it('says nothing of the ledger while the database is at fault', async () => {
    const database = new FakeDatabase();
    const readiness = readinessOf(database, { daysAhead: 0 });
    const asked = readiness.complaint();
    database.answer('not migrated');
    expect(await asked).toBe('not migrated');
    expect(readiness.notice).toBeNull();
  });
});
