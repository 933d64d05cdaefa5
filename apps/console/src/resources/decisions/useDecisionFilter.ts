import { useMemo, useState } from 'react';
import { useGetIdentity } from 'react-admin';
import { useSearchParams } from 'react-router';
import type { AuthorizationStatus } from '#contracts';
import type { DecisionQuery } from '../../providers/dataProvider';
import { type Period, periodLabels, startOf } from './periods';

const names = ['agent', 'number', 'destination', 'verdict', 'status', 'period', 'from', 'to'] as const;
export type FilterName = (typeof names)[number];

/** The choices of the screen. They stand in its address, so that it can be shared. */
export function useDecisionFilter() {
  const [parameters, setParameters] = useSearchParams();
  const [readAt, setReadAt] = useState(() => Date.now());
  const { identity } = useGetIdentity();
  const timeZone = (identity?.['organization'] as { timeZone?: string } | undefined)?.timeZone ?? 'UTC';
  const text = names.map((name) => parameters.get(name) ?? '').join('\n');
  const query = useMemo(() => queryOf(text.split('\n'), timeZone, readAt), [text, timeZone, readAt]);
  const change = (changes: Record<string, string | null>) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === null || value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  return {
    query,
    value: (name: FilterName | 'id') => parameters.get(name) ?? '',
    change,
    clear: () => change(Object.fromEntries(names.map((name) => [name, null]))),
    isFiltered: names.some((name) => parameters.has(name)),
    /** Begins anew with what is the newest now. */
    refresh: () => setReadAt(Date.now()),
  };
}
export type DecisionFilterState = ReturnType<typeof useDecisionFilter>;

function queryOf(texts: string[], timeZone: string, now: number): DecisionQuery {
  const [agent, number, destination, verdict, status, chosen, from, to] = texts.map((text) => text || undefined);
  const period: Period = chosen && chosen in periodLabels ? (chosen as Period) : 'today';
  const start = startOf(period, timeZone, now);
  return {
    agentId: agent,
    phoneNumberId: number,
    destination: destination && beginningOf(destination),
    ...(verdict === 'allowed' || verdict === 'denied'
      ? { decision: verdict }
      : { reasonCode: verdict as DecisionQuery['reasonCode'] }),
    status: status as AuthorizationStatus | undefined,
    from: period === 'custom' ? instantOf(from) : start === undefined ? undefined : new Date(start).toISOString(),
    to: period === 'custom' ? instantOf(to) : undefined,
  };
}

/** People type the first digits of a number, or all of them. */
const beginningOf = (text: string): string => `${text.trim().replace(/\*+$/, '')}*`;

function instantOf(local: string | undefined): string | undefined {
  const at = new Date(local ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
