import { FreshCache } from '../../../apps/api/src/modules/auth/access/fresh-cache.js';

const { jest } = import.meta;

const RULES = { maxAgeMs: 1_000, renewAgeMs: 500, answerLimitMs: 300, maxEntries: 2 };

/** A cache whose look-ups the test answers one by one, and whose clock it turns. */
function cacheUnderTest() {
  const clock = { nowMs: 0 };
  const lookUps: { key: string; answer: (value: string) => void; fail: (error: Error) => void; giveUp: AbortSignal }[] =
    [];
  const lookUp = (key: string, giveUp: AbortSignal) =>
    new Promise<string>((answer, fail) => {
      lookUps.push({ key, answer, fail, giveUp });
    });
  const cache = new FreshCache(lookUp, RULES, () => clock.nowMs);
  return { cache, clock, lookUps };
}

async function known(value = 'old') {
  const parts = cacheUnderTest();
  const first = parts.cache.get('a');
  parts.lookUps[0]!.answer(value);
  await first;
  return parts;
}

describe('FreshCache', () => {
  it('lets callers of the same key share one look-up', async () => {
    const { cache, lookUps } = cacheUnderTest();
    const answers = Promise.all([cache.get('a'), cache.get('a'), cache.get('a')]);
    expect(lookUps).toHaveLength(1);
    lookUps[0]!.answer('found');
    expect(await answers).toEqual(['found', 'found', 'found']);
  });

  it('answers a known key without waiting', async () => {
    const { cache, lookUps } = await known();
    expect(cache.get('a')).toBe('old');
    expect(lookUps).toHaveLength(1);
  });

  it('renews a key in use behind the back of its callers', async () => {
    const { cache, clock, lookUps } = await known();
    clock.nowMs = 500;
    expect([cache.get('a'), cache.get('a')]).toEqual(['old', 'old']);
    expect(lookUps).toHaveLength(2);
    lookUps[1]!.answer('new');
    await cache.settle();
    expect(cache.get('a')).toBe('new');
  });

  it('never answers a value that is a second old', async () => {
    const { cache, clock, lookUps } = await known();
    clock.nowMs = 1_000;
    const answer = cache.get('a');
    lookUps[1]!.answer('new');
    expect(await answer).toBe('new');
  });

  it('counts the age from the beginning of the look-up', async () => {
    const { cache, clock, lookUps } = cacheUnderTest();
    const first = cache.get('a');
    clock.nowMs = 1_500;
    lookUps[0]!.answer('slow');
    await first;
    expect(cache.get('a')).toBeInstanceOf(Promise);
    expect(lookUps).toHaveLength(2);
    lookUps[1]!.answer('new');
    await cache.settle();
  });

  it('looks up anew after forgetting, and drops a look-up that was under way', async () => {
    const { cache, clock, lookUps } = await known();
    clock.nowMs = 500;
    void cache.get('a');
    cache.forget('a');
    lookUps[1]!.answer('read before the change');
    await cache.settle();
    const answer = cache.get('a');
    lookUps[2]!.answer('new');
    expect(await answer).toBe('new');
  });

  it('does not remember a failure', async () => {
    const { cache, lookUps } = cacheUnderTest();
    const first = cache.get('a');
    lookUps[0]!.fail(new Error('no database'));
    await expect(first).rejects.toThrow('no database');
    const second = cache.get('a');
    lookUps[1]!.answer('found');
    expect(await second).toBe('found');
  });

  it('keeps answering while a renewal fails, until the value is too old', async () => {
    const { cache, clock, lookUps } = await known();
    clock.nowMs = 600;
    void cache.get('a');
    lookUps[1]!.fail(new Error('no database'));
    await cache.settle();
    expect(cache.get('a')).toBe('old');
    clock.nowMs = 1_000;
    const answer = cache.get('a');
    lookUps[2]!.fail(new Error('no database'));
    await expect(answer).rejects.toThrow('no database');
  });

  it('shows a fresh value without looking anything up, and none that is due for renewal', async () => {
    const { cache, clock, lookUps } = await known();
    expect([cache.peek('a'), cache.peek('b')]).toEqual(['old', undefined]);
    clock.nowMs = 600;
    expect(cache.peek('a')).toBeUndefined();
    expect(lookUps).toHaveLength(1);
  });

  it('lets go of the key looked up longest ago when it is full', async () => {
    const { cache, lookUps } = await known();
    for (const key of ['b', 'c']) {
      const answer = cache.get(key);
      lookUps.at(-1)!.answer(key);
      await answer;
    }
    expect([cache.get('b'), cache.get('c')]).toEqual(['b', 'c']);
    const again = cache.get('a');
    expect(again).toBeInstanceOf(Promise);
    lookUps.at(-1)!.answer('again');
    await again;
  });

  it('lets go of the key looked up longest ago, though it is the one that is asked for', async () => {
    const { cache, lookUps } = await known();
    for (const key of ['b', 'c']) {
      expect(cache.get('a')).toBe('old');
      expect(cache.peek('a')).toBe('old');
      const answer = cache.get(key);
      lookUps.at(-1)!.answer(key);
      await answer;
    }
    expect([cache.peek('a'), cache.peek('b'), cache.peek('c')]).toEqual([undefined, 'b', 'c']);
  });

  it('forgets every key that a condition holds for, and no other', async () => {
    const { cache, lookUps } = await known('mine');
    const other = cache.get('b');
    lookUps[1]!.answer('yours');
    await other;
    cache.forgetWhere((_key, value) => value === 'mine');
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, 'yours']);
    cache.forgetWhere(() => true);
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, undefined]);
  });

  describe('when a look-up does not answer', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    const tooLate = { code: 'service_unavailable', options: { headers: { 'retry-after': '1' } } };

    it('gives it up after a moment, tells all its callers, and looks up anew for the next one', async () => {
      const { cache, lookUps } = cacheUnderTest();
      const callers = Promise.allSettled([cache.get('a'), cache.get('a')]);
      jest.advanceTimersByTime(299);
      expect(lookUps[0]!.giveUp.aborted).toBe(false);
      jest.advanceTimersByTime(1);
      for (const caller of await callers) expect(caller).toMatchObject({ status: 'rejected', reason: tooLate });
      expect(lookUps[0]!.giveUp.aborted).toBe(true);
      const next = cache.get('a');
      lookUps[1]!.answer('found');
      expect(await next).toBe('found');
    });

    it('does not remember what it answers in the end', async () => {
      const { cache, lookUps } = cacheUnderTest();
      const caller = cache.get('a');
      jest.advanceTimersByTime(300);
      await expect(caller).rejects.toMatchObject(tooLate);
      lookUps[0]!.answer('too late');
      await cache.settle();
      const next = cache.get('a');
      lookUps[1]!.answer('found');
      expect([await next, cache.get('a')]).toEqual(['found', 'found']);
    });

    it('does not keep callers waiting for a renewal that began while the value was fresh enough', async () => {
      const { cache, clock, lookUps } = await known();
      clock.nowMs = 900;
      expect(cache.get('a')).toBe('old');
      clock.nowMs = 1_000;
      const caller = cache.get('a');
      expect(lookUps).toHaveLength(2);
      jest.advanceTimersByTime(300);
      await expect(caller).rejects.toMatchObject(tooLate);
    });

    it('keeps a shutdown waiting no longer', async () => {
      const { cache } = cacheUnderTest();
      const caller = expect(cache.get('a')).rejects.toMatchObject(tooLate);
      const settled = cache.settle();
      jest.advanceTimersByTime(300);
      await settled;
      await caller;
    });

    it('leaves no timer behind a look-up that answered', async () => {
      await known();
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
