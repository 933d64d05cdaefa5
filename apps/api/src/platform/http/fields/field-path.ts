/** Where a field stands in a body, as errors name it: `calls[3].destination`. The body itself has the empty path. */
export function fieldPath(parent: string, step: string | number): string {
  if (typeof step === 'number') return `${parent}[${step}]`;
  return parent === '' ? step : `${parent}.${step}`;
}
