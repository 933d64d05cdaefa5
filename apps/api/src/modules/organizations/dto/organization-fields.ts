import { isSupportedCountry } from 'libphonenumber-js/max';
import { isTimeZone } from '../time-zones.js';

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Checks of single fields, in the form that class-validator's ValidateBy takes. */
export const timeZoneCheck = {
  name: 'isTimeZone',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && value.length <= 64 && isTimeZone(value),
    defaultMessage: () => 'must be a zone of the IANA list, such as America/New_York',
  },
};

export const currencyCheck = {
  name: 'isCurrency',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && currencies.has(value),
    defaultMessage: () => 'must be an ISO 4217 code, such as USD',
  },
};

export const countryCheck = {
  name: 'isCountry',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && isSupportedCountry(value),
    defaultMessage: () => 'must be ISO 3166-1 alpha-2 codes of countries that have phone numbers, such as US',
  },
};

export const isSent = (_record: unknown, value: unknown): boolean => value !== undefined;
