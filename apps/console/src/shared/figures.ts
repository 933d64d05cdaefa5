const format = new Intl.NumberFormat('en');

/** 12,345 */
export const whole = (value: number): string => format.format(value);

/** 1 number, 12,345 numbers */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;
