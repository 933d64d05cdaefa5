import { useState } from 'react';
import type { Problem } from '#contracts';

/** Why something was refused: in all, and by field. */
export interface Refusal {
  message: string;
  code: string | undefined;
  errors: Record<string, string>;
}

/**
 * Tries something that may be refused, in a form that shows the refusal itself.
 *
 * @returns what the last try was refused for, until it is forgotten; whether one is under way; and the function that tries,
 *   which answers false when it was refused
 */
export function useAttempt() {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
      return true;
    } catch (error) {
      setRefusal(refusalOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { refusal, busy, attempt, forget: () => setRefusal(null) };
}

/** What the API says of a field, as a sentence below it. */
export function fieldRefusal(refusal: Refusal | null, field: string, subject = 'It'): string | undefined {
  const said = refusal?.errors[field];
  return said && `${subject} ${said}`;
}

/** What the API refused, where it is about none of the fields that are there to tell it. */
export function refusalBesides(refusal: Refusal | null, fields: readonly string[]): string | undefined {
  if (refusal === null || fields.some((field) => field in refusal.errors)) return undefined;
  return refusal.message;
}

function refusalOf(error: unknown): Refusal {
  const { body } = error as { body?: Partial<Problem> };
  const message = error instanceof Error && error.message ? error.message : 'That did not work. Try again.';
  return { message, code: body?.code, errors: body?.errors ?? {} };
}
