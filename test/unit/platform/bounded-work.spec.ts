import { BoundedWork } from '../../../apps/api/src/platform/process/bounded-work.js';

describe('BoundedWork', () => {
  /** Work that ends when it is told to. */
  function pieces(count: number, work: BoundedWork) {
    let begun = 0;
    const ends: (() => void)[] = [];
    const results = Array.from({ length: count }, (_, index) =>
      work.run(async () => {
        begun += 1;
        await new Promise<void>((resolve) => ends.push(resolve));
        return index;
      }),
    );
    return { begun: () => begun, end: () => ends.shift()!(), results };
  }

  const full = new Error('full');
  const bounded = () => new BoundedWork({ atOnce: 2, waiting: 3 }, () => full);

  it('does so much at once, lets so much wait, and refuses the rest at once', async () => {
    const { begun, end, results } = pieces(6, bounded());
    await expect(results[5]).rejects.toBe(full);
    expect(begun()).toBe(2);
    for (let index = 0; index < 5; index += 1) {
      end();
      expect(await results[index]).toBe(index);
    }
    expect(begun()).toBe(5);
  });

  it('goes on after work that fails', async () => {
    const work = bounded();
    const failure = new Error('failed');
    const failing = [1, 2, 3].map(() => work.run(() => Promise.reject(failure)));
    for (const result of failing) await expect(result).rejects.toBe(failure);
    expect(await work.run(() => Promise.resolve('done'))).toBe('done');
  });
});
