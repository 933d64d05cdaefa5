import { isTimeZone } from '../time-zones.js';

/** Checks a single field, in the form that class-validator's ValidateBy takes. */
export const timeZoneCheck = {
  name: 'isTimeZone',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && value.length <= 64 && isTimeZone(value),
    defaultMessage: () => 'must be a zone of the IANA list, such as America/New_York',
  },
};

export const isSent = (_record: unknown, value: unknown): boolean => value !== undefined;
