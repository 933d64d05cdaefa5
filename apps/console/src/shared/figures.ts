const format = new Intl.NumberFormat('en');

/** 12,345 */
export const formatInteger = (value: number): string => format.format(value);

/** 1 number, 12,345 numbers */
export const pluralize = (count: number, one: string, many = `${one}s`): string =>
  `${formatInteger(count)} ${count === 1 ? one : many}`;
