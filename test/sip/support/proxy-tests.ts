import { once } from 'node:events';
import { eventually } from '../../support/eventually.js';
import { CANADA } from './server-tests.js';
import { type SipMessage, statusOf, valueOf } from './sip-message.js';
import type { SipWorld } from './sip-world.js';

/** What a proxy says of a refusal beside the status (RFC 3326). */
export const reasonOf = (response: SipMessage): string => /text="([^"]*)"/.exec(valueOf(response, 'Reason'))?.[1] ?? '';

/** What a proxy does beside what each server has to do: it stays in the dialer's own dialog, and may answer with more. */
export function testProxy(opened: () => SipWorld): void {
  let world: SipWorld;
  beforeAll(() => {
    world = opened();
  });

  describe('as a proxy', () => {
    beforeEach(() => world.reset(1_000));

    it('says why it did not ask', async () => {
      const malformed = await world.dialer.call('911').final;
      expect([statusOf(malformed), reasonOf(malformed)]).toEqual([484, 'destination_invalid']);
      const call = world.dialer.call(CANADA);
      await call.final;
      const answer = await call.request('REFER', 2, [['Refer-To', '<sip:+19005551234@carrier.example>']]);
      expect([statusOf(answer), reasonOf(answer)]).toEqual([403, 'transfer_not_asked']);
      await call.request('BYE', 3);
    });

    it('does not take a NUL for the end of a number', async () => {
      expect(await world.dialer.call(`${CANADA}%00`).status()).toBe(484);
      expect([world.carrier.rung, await world.ledger()]).toEqual([[], []]);
    });

    it('sends the dialer back on a redirection, so that the gate is asked about the other number', async () => {
      const headers: [string, string][] = [['Contact', '<sip:+442079460958@elsewhere.example>']];
      world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 302, headers });
      const moved = await world.dialer.call(CANADA).final;
      expect(statusOf(moved)).toBe(302);
      expect(valueOf(moved, 'Contact')).toBe(`<sip:+442079460958@127.0.0.1:${world.server.port}>`);
      const other = await world.dialer.call('+442079460958').final;
      expect([statusOf(other), reasonOf(other)]).toEqual([403, 'country_not_allowed']);
      expect(world.carrier.rung).toEqual([CANADA]);
      await world.everythingIsSettled();
      expect((await world.ledger())[0]).toMatchObject({ status: 'completed', disposition: 'failed', sip_code: 302 });
    });

    it('counts a call once when no carrier took it and the dialer tries again at once', async () => {
      const same = { callId: 'retried@dialer', fromTag: 'retried' };
      world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 503 });
      expect(await world.dialer.call(CANADA, same).status()).toBe(502);
      world.carrier.behaviors.clear();
      const again = world.dialer.call(CANADA, same);
      expect(await again.status()).toBe(200);
      await again.request('BYE', 2);
      await world.everythingIsSettled();
      expect((await world.ledger()).map(({ status }) => status as string)).toEqual(['voided', 'completed']);
      expect(await world.counted()).toBe(1);
    });

    it('counts each call once when the gate dies and the dialers try again with the same Call-ID', async () => {
      await world.reset(15);
      const same = Array.from({ length: 15 }, (_, at) => ({ callId: `again-${at}`, fromTag: `tag-${at}` }));
      const first = same.map((options) => world.dialer.call(CANADA, options));
      await eventually(async () => (await world.counted()) > 0);
      world.api.process.kill('SIGKILL');
      await once(world.api.process, 'exit');
      const answers = await Promise.all(first.map((call) => call.status()));
      expect(new Set(answers.filter((status) => status !== 200))).toEqual(new Set([503]));
      await world.restartApi();
      const placed = await Promise.all(
        same.map(async (options, at) => answers[at] === 200 || (await untilDecided(options)) === 200),
      );
      expect(placed.filter(Boolean).length).toBe(15);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([15, 15]);
    });

    async function untilDecided(options: { callId: string; fromTag: string }): Promise<number> {
      for (;;) {
        const status = await world.dialer.call(CANADA, options).status();
        if (status !== 503) return status;
      }
    }
  });
}
