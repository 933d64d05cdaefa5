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

const readinessOf = (database: FakeDatabase) => new Readiness(database as unknown as DatabaseCheck);

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
});
