import {
  callEvents,
  type CallEvent,
  type CallState,
  callStates,
  transition,
} from '../../../apps/api/src/modules/call-gate/engine/call-state.js';

const IMPOSSIBLE = '-';

/** What follows on each event in each state, in the order of `callEvents`: the next state and what is to be done. */
const EXPECTED: Record<CallState, readonly string[]> = {
  // prettier-ignore
  arrived: ['queued enqueue', 'parked park', '-', '-', '-', 'answered reject', '-'],
  queued: ['-', '-', 'sent send', '-', '-', 'answered reject', 'abandoned remove'],
  // prettier-ignore
  sent: ['queued enqueue', 'parked park', '-', 'sent send', 'answered answer', 'answered reject', 'unwanted none'],
  parked: ['queued enqueue', '-', 'sent send', '-', '-', 'answered reject', 'abandoned remove'],
  // prettier-ignore
  unwanted: ['abandoned none', 'abandoned none', '-', 'abandoned none', 'abandoned give_back', 'abandoned none', 'unwanted none'],
  answered: ['-', '-', '-', '-', '-', '-', 'answered none'],
  abandoned: ['-', '-', '-', '-', '-', '-', 'abandoned none'],
};

const cells = callStates.flatMap((state) => callEvents.map((event, index) => [state, event, EXPECTED[state][index]!]));

/** Every way from the state to an end that takes no event twice in the same state. */
function waysFrom(state: CallState, taken: readonly string[] = []): { end: CallState; effects: string[] }[] {
  const ways = callEvents.flatMap((event) => {
    const step = `${state} ${event}`;
    if (taken.includes(step) || EXPECTED[state][callEvents.indexOf(event)] === IMPOSSIBLE) return [];
    const next = transition(state, event);
    return waysFrom(next.state, [...taken, step]).map(({ end, effects }) => ({
      end,
      effects: [next.effect, ...effects],
    }));
  });
  return ways.length > 0 ? ways : [{ end: state, effects: [] }];
}

describe('transition', () => {
  it('is told for every state and event', () => {
    expect(Object.keys(EXPECTED)).toEqual(callStates);
    for (const row of Object.values(EXPECTED)) expect(row).toHaveLength(callEvents.length);
  });

  it.each(cells.filter(([, , next]) => next !== IMPOSSIBLE))('leads from %s by %s to %s', (state, event, expected) => {
    const next = transition(state as CallState, event as CallEvent);
    expect(`${next.state} ${next.effect}`).toBe(expected);
  });

  it.each(cells.filter(([, , next]) => next === IMPOSSIBLE))(
    'throws when a call that is %s meets %s',
    (state, event) => {
      expect(() => transition(state as CallState, event as CallEvent)).toThrow(
        `The event "${event}" cannot happen to a call that is ${state}`,
      );
    },
  );

  it('answers, rejects or gives up every call, and does so once, whatever happens to it on the way', () => {
    const ways = waysFrom('arrived');
    expect(ways.length).toBeGreaterThan(100);
    for (const { end, effects } of ways) {
      const answers = effects.filter((effect) => effect === 'answer' || effect === 'reject').length;
      expect({ end, answers }).toEqual({ end: answers === 1 ? 'answered' : 'abandoned', answers });
      expect(effects.filter((effect) => effect === 'give_back').length).toBeLessThanOrEqual(1 - answers);
    }
  });
});
