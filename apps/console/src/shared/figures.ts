const format = new Intl.NumberFormat('en');

/** 12,345 */
export const whole = (value: number): string => format.format(value);
