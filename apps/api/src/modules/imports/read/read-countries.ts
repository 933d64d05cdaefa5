import { countryCodeOf, countryCodeOfName } from '#phone';

export interface ReadCountry {
  code: string;
  /** What stood there, when it is no ISO 3166-1 alpha-2 code. */
  alias: string | null;
}

/** Reads a country by its code in any case, by another code of the same meaning, or by its English name. */
export function readCountry(text: string): ReadCountry | null {
  const upper = text.toUpperCase();
  const code = countryCodeOf(upper) ?? countryCodeOfName(text);
  return code === null ? null : { code, alias: code === upper ? null : text };
}
