import { ValidateBy, type ValidationOptions } from 'class-validator';
import { currencyAdvice, isCurrencyCode } from '#contracts';
import { countryCodeOf, isCountryCode } from '#phone';
import { Prepared } from './dto-fields.js';

/** Upper case, without white space; UK, EL and the three letters of ISO 3166 become the code that they stand for. */
export function countryCode(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const code = value.trim().toUpperCase();
  return countryCodeOf(code) ?? code;
}

/** The same of a list, each once: `["us","USA"]` is `["US"]`. What is no text is left for the check to refuse. */
export function countryCodes(value: unknown): unknown {
  return Array.isArray(value) ? [...new Set(value.map(countryCode))] : value;
}

const isCountry = (value: unknown): boolean => typeof value === 'string' && isCountryCode(value);

/** One country that has phone numbers. An empty text is left to `IsOptional`, which takes null. */
export function CountryCode(): PropertyDecorator {
  return both(
    Prepared((value) => (typeof value === 'string' && value.trim() === '' ? null : countryCode(value))),
    ValidateBy({
      name: 'isCountryCode',
      validator: {
        validate: isCountry,
        defaultMessage: () => 'must be an ISO 3166-1 alpha-2 code of a country that has phone numbers, such as US',
      },
    }),
  );
}

/** A list of such countries. */
export function CountryCodes(): PropertyDecorator {
  return both(
    Prepared(countryCodes),
    ValidateBy({
      name: 'areCountryCodes',
      validator: {
        validate: (value: unknown) => Array.isArray(value) && value.every(isCountry),
        defaultMessage: (facts) => {
          const wrong = Array.isArray(facts?.value)
            ? (facts.value as unknown[]).find((code) => !isCountry(code))
            : null;
          const shown = JSON.stringify(wrong ?? null).slice(0, 20);
          return `must be ISO 3166-1 alpha-2 codes of countries that have phone numbers, such as US; ${shown} is none`;
        },
      },
    }),
  );
}

/** A currency of ISO 4217 that money is paid in today. */
export function CurrencyCode(options?: ValidationOptions): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => typeof value === 'string' && isCurrencyCode(value),
    defaultMessage: (facts?: { value?: unknown }) => currencyAdvice(facts?.value),
  };
  return both(Prepared(upperCase), ValidateBy({ name: 'isCurrencyCode', validator }, options));
}

const upperCase = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? null : value.trim().toUpperCase();
};

function both(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
