import { type Doubt, doubtOf } from './doubtful-numbers.js';
import { plainCharacters, withoutSeparators } from './spelling.js';
import { isTelUri, readTelUri, type TelUri } from './tel-uri.js';

export type WrittenFault = Doubt | Extract<TelUri, { ok: false }>['fault'] | 'unreadable';

/** A number as it was written: its digits, or why it cannot be one. */
export type WrittenNumber =
  | {
      ok: true;
      /** Digits, with a plus where one stood: each as it was written, and no other. */
      digits: string;
      /** The same in plain characters, with its separators. */
      plain: string;
      /** Whether digits of a parameter of a `tel:` address were put in front. */
      isComposed: boolean;
      /** Whether a `tel:` address sends the call to other digits. */
      isRouted: boolean;
    }
  | { ok: false; fault: WrittenFault };

/** Reads the digits of a number, however they are spelled. */
export function readWrittenNumber(text: string): WrittenNumber {
  const plain = plainCharacters(text);
  if (plain === null) return { ok: false, fault: 'unreadable' };
  if (!isTelUri(plain)) return readPlain(plain, false, false);
  const uri = readTelUri(plain);
  return uri.ok ? readPlain(uri.number, uri.isComposed, uri.isRouted) : uri;
}

function readPlain(plain: string, isComposed: boolean, isRouted: boolean): WrittenNumber {
  const doubt = doubtOf(plain);
  if (doubt !== null) return { ok: false, fault: doubt };
  const digits = withoutSeparators(plain);
  return digits === null ? { ok: false, fault: 'unreadable' } : { ok: true, digits, plain, isComposed, isRouted };
}
