import { failureNote } from '../../../platform/http/hooks/log-notes.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { CallDecision } from '../policy/call-decision.js';

interface UndecidedNote {
  /** How many calls of the batch could not be decided. */
  undecided: number;
  why: ({ calls: number } & ReturnType<typeof failureNote>)[];
}

/** What the log says of a batch some of whose calls could not be decided; null when all were. */
export function undecidedNote(answers: readonly (CallDecision | ProblemError)[]): UndecidedNote | null {
  const failures = answers.filter((answer) => answer instanceof ProblemError && answer.status >= 500);
  if (failures.length === 0) return null;
  const why = new Map<string, UndecidedNote['why'][number]>();
  for (const failure of failures as ProblemError[]) {
    const note = failureNote(failure);
    const key = JSON.stringify(note);
    why.set(key, { calls: (why.get(key)?.calls ?? 0) + 1, ...note });
  }
  return { undecided: failures.length, why: [...why.values()] };
}
