import { SignInAttempts } from '../../../apps/api/src/modules/auth/sessions/sign-in-attempts.js';
import { ProblemError } from '../../../apps/api/src/platform/http/problem.error.js';

const MINUTE_MS = 60_000;

function attemptsUnderTest() {
  const clock = { nowMs: 0 };
  const attempts = new SignInAttempts(() => clock.nowMs);
  const tryTimes = (count: number, email = 'a@example.test', address = '::1') => {
    for (let index = 0; index < count; index += 1) attempts.begin(email, address);
  };
  return { attempts, clock, tryTimes };
}

function refusalOf(work: () => void): ProblemError {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error;
  }
  throw new Error('Expected a refusal');
}

describe('SignInAttempts', () => {
  it('refuses the eleventh attempt within 15 minutes and says when to come back', () => {
    const { clock, tryTimes } = attemptsUnderTest();
    tryTimes(10);
    clock.nowMs = 5 * MINUTE_MS;
    const refusal = refusalOf(() => tryTimes(1));
    expect(refusal.code).toBe('too_many_requests');
    expect(refusal.options.headers).toEqual({ 'retry-after': '600' });
  });

  it('takes no notice of upper and lower case', () => {
    const { tryTimes } = attemptsUnderTest();
    tryTimes(10, 'a@example.test');
    expect(() => tryTimes(1, 'A@Example.test')).toThrow(ProblemError);
  });

  it('counts each e-mail and each address apart', () => {
    const { tryTimes } = attemptsUnderTest();
    tryTimes(10);
    expect(() => tryTimes(1, 'b@example.test')).not.toThrow();
    expect(() => tryTimes(1, 'a@example.test', '::2')).not.toThrow();
  });

  it('lets an attempt go when it is 15 minutes old', () => {
    const { clock, tryTimes } = attemptsUnderTest();
    tryTimes(1);
    clock.nowMs = 10 * MINUTE_MS;
    tryTimes(9);
    clock.nowMs = 15 * MINUTE_MS;
    expect(() => tryTimes(1)).not.toThrow();
    expect(() => tryTimes(1)).toThrow(ProblemError);
  });

  it('starts over after a success', () => {
    const { attempts, tryTimes } = attemptsUnderTest();
    tryTimes(10);
    attempts.succeeded('a@example.test', '::1');
    expect(() => tryTimes(10)).not.toThrow();
  });

  it('keeps a bounded number of pairs: the oldest goes', () => {
    const { attempts, tryTimes } = attemptsUnderTest();
    tryTimes(10);
    for (let index = 0; index < 10_000; index += 1) attempts.begin(`${index}@example.test`, '::1');
    expect(() => tryTimes(1)).not.toThrow();
  });
});
