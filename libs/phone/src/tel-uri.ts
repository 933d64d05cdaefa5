/** What a `tel:` address (RFC 3966) says, or the parameter for which it cannot be one number. */
export type TelUri =
  | {
      ok: true;
      /** As it is to be dialed internationally, with its separators. */
      number: string;
      /** Whether digits of a parameter belong to it. */
      isComposed: boolean;
      /** Whether a parameter sends the call to other digits than the number (RFC 4694). */
      isRouted: boolean;
    }
  | { ok: false; fault: 'extension' | 'subaddress' | 'context' | 'parameter' };

export const isTelUri = (plain: string): boolean => /^\s*tel:/i.test(plain);

/** Parameters after which the digits alone do not reach who is meant. */
const FAULTS = { ext: 'extension', postd: 'extension', isub: 'subaddress' } as const;

/**
 * Reads a `tel:` address. What routes a call at a carrier (`npdi`, `rn`, `tgrp`, …) leaves the number as it is; unknown
 * parameters may be passed over, unless their name begins with `m-` (RFC 3966).
 */
export function readTelUri(plain: string): TelUri {
  const [number = '', ...parameters] = plain.trim().slice('tel:'.length).split(';');
  let context: string | null = null;
  let isRouted = false;
  for (const parameter of parameters) {
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(parameter.toLowerCase()) ?? [];
    if (name.startsWith('m-')) return { ok: false, fault: 'parameter' };
    if (Object.hasOwn(FAULTS, name)) return { ok: false, fault: FAULTS[name as keyof typeof FAULTS] };
    if (name === 'phone-context') context = value;
    if (name === 'rn' || name === 'cic') isRouted = true;
  }
  if (context === null) return { ok: true, number, isComposed: false, isRouted };
  if (number.includes('+') || !/^\+[0-9().-]+$/.test(context)) return { ok: false, fault: 'context' };
  return { ok: true, number: context + number, isComposed: true, isRouted };
}
