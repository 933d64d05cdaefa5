/** A header such as `text/csv; charset=utf-8`. */
export interface ParameterizedHeader {
  /** What stands before the parameters, in small letters. */
  value: string;
  /** By their names in small letters. The first of two that are named alike counts. */
  parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;\s*(?:([^\s=;"]+)\s*(?:=\s*(?:"((?:\\.|[^"\\])*)"\s*|([^;"]*)))?)?(?=;|$)/suy;

/** @returns null when the parameters cannot be told apart: a quote that stays open, or text behind one */
export function parameterizedHeader(text: string): ParameterizedHeader | null {
  const begin = text.search(/;|$/);
  const parameters = new Map<string, string>();
  for (PARAMETER.lastIndex = begin; PARAMETER.lastIndex < text.length;) {
    const found = PARAMETER.exec(text);
    if (found === null) return null;
    const [, name, quoted, plain = ''] = found;
    if (name === undefined || parameters.has(name.toLowerCase())) continue;
    // Old browsers send paths of Windows as they are, so a backslash before any other character stays.
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? plain.trim());
  }
  return { value: text.slice(0, begin).trim().toLowerCase(), parameters };
}

/** The charset of a Content-Type; null without one. */
export function charsetOf(contentType: string | undefined | null): string | null {
  return parameterizedHeader(contentType ?? '')?.parameters.get('charset') ?? null;
}
