export { type Destination, parseDestination } from './parse-destination.js';
export { type ParsedPhoneNumber, parsePhoneNumber } from './parse-phone-number.js';
export { isCountryCode } from './numbering-plans.js';
export { withoutSeparators } from './written-number.js';
