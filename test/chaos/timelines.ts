import { type Change, type ChaosRecord, pairKey } from './record.js';
import { dateIn, nextMidnight } from './calendar.js';

interface ZoneState {
  zone: string;
  previous: string | null;
  effectiveMs: number;
}

/** States of an organization's zone that may hold from one moment of the test on. */
interface ZoneSpan {
  fromMs: number;
  states: ZoneState[];
}

const INITIAL: Record<string, unknown> = { agent: 'active', number: 'active', suspended: false, clock: 0 };

/** What may have been in force at some moment of a span of time, as far as callers and admins can know. */
export class Timelines {
  private readonly changes = new Map<string, Change[]>();
  private readonly initial = new Map<string, unknown>();
  private readonly zones = new Map<string, ZoneSpan[]>();

  constructor(private readonly record: ChaosRecord) {
    for (const change of record.changes) {
      const own = this.changes.get(change.field);
      if (own) own.push(change);
      else this.changes.set(change.field, [change]);
    }
    for (const pair of record.world.pairs) {
      const key = pairKey(pair);
      this.initial.set(`limit:${key}`, pair.limit);
      this.initial.set(`countries:${key}`, pair.countries);
      this.initial.set(`paused:${key}`, false);
      this.initial.set(`live:${key}`, pair.isOriginal);
    }
    for (const { id, timeZone } of record.world.organizations) this.zones.set(id, this.zoneSpans(id, timeZone));
  }

  /** Every value that may have been in force between the two moments, both included. */
  possible(field: string, fromMs: number, toMs: number): unknown[] {
    let base = this.initial.has(field) ? this.initial.get(field) : INITIAL[field.split(':')[0]!];
    const values: unknown[] = [];
    for (const { value, final, sentMs, settledMs } of this.changes.get(field) ?? []) {
      if (settledMs <= fromMs) {
        if (final !== undefined) base = final;
      } else if (sentMs <= toMs) {
        values.push(value);
        if (final !== undefined) values.push(final);
      } else break;
    }
    return [base, ...values];
  }

  /** How many changes of the field were under way between the two moments. */
  changesDuring(field: string, fromMs: number, toMs: number): number {
    return (this.changes.get(field) ?? []).filter(({ sentMs, settledMs }) => settledMs > fromMs && sentMs <= toMs)
      .length;
  }

  /** What was in force in the end. */
  last(field: string): unknown {
    return this.possible(field, Number.MAX_VALUE, Number.MAX_VALUE)[0];
  }

  /** The local dates that an instant of the database's clock may have in an organization, asked in a span of the test. */
  dates(organizationId: string, instantMs: number, fromMs: number, toMs: number): Set<string> {
    const spans = this.zones.get(organizationId)!;
    const dates = new Set<string>();
    for (const [index, { fromMs: start, states }] of spans.entries()) {
      if (start > toMs || (spans[index + 1]?.fromMs ?? Infinity) <= fromMs) continue;
      for (const state of states) dates.add(dateIn(zoneAt(state, instantMs), instantMs));
    }
    return dates;
  }

  /** The latest local date that the organization can have had until a moment of the test. */
  latestDate(organizationId: string, untilMs: number): string {
    const clock = [{ final: 0, sentMs: 0 }, ...(this.changes.get('clock') ?? [])];
    let latest = '';
    for (const [index, { final, sentMs }] of clock.entries()) {
      if (sentMs > untilMs) break;
      const end = Math.min((clock[index + 1] as Change | undefined)?.settledMs ?? Infinity, untilMs);
      for (const date of this.dates(organizationId, end + (final as number), 0, end)) if (date > latest) latest = date;
    }
    return latest;
  }

  private zoneSpans(organizationId: string, timeZone: string): ZoneSpan[] {
    let states: ZoneState[] = [{ zone: timeZone, previous: null, effectiveMs: -Infinity }];
    const spans: ZoneSpan[] = [{ fromMs: 0, states }];
    for (const { value, final, sentMs, settledMs } of this.changes.get(`zone:${organizationId}`) ?? []) {
      const offsets = this.possible('clock', sentMs, settledMs) as number[];
      const instants = offsets.flatMap((offset) => [
        sentMs + offset,
        Math.min(settledMs, this.record.endedMs) + offset,
      ]);
      const after = distinct(states.flatMap((state) => instants.map((at) => changed(state, value as string, at))));
      spans.push({ fromMs: sentMs, states: distinct([...states, ...after]) });
      states = final === value ? after : states;
      spans.push({ fromMs: settledMs, states });
    }
    return spans;
  }
}

const zoneAt = (state: ZoneState, instantMs: number): string =>
  instantMs < state.effectiveMs ? state.previous! : state.zone;

/** A new zone counts from the next midnight of the one that counts now; going back to that one takes the change back. */
function changed(state: ZoneState, zone: string, instantMs: number): ZoneState {
  if (zone === state.zone) return state;
  const counting = zoneAt(state, instantMs);
  if (zone === counting) return { zone, previous: null, effectiveMs: -Infinity };
  const isAhead = instantMs < state.effectiveMs;
  const effectiveMs = isAhead ? state.effectiveMs : nextMidnight(counting, instantMs);
  return { zone, previous: counting, effectiveMs };
}

function distinct(states: ZoneState[]): ZoneState[] {
  return [...new Map(states.map((state) => [JSON.stringify(state), state])).values()];
}
