export { addedAreaCodes } from './added-area-codes.js';
export { countryCodeOf, countryCodeOfName } from './country-codes.js';
export { decimalOf, fromScientific } from './doubtful-numbers.js';
export { isCountryCode } from './numbering-plans.js';
export { type Destination, digitsAsked, parseDestination } from './parse-destination.js';
export { type ParsedPhoneNumber, parsePhoneNumber } from './parse-phone-number.js';
export { phoneMetadata, phoneMetadataAgeDays } from './phone-metadata.js';
export { plainCharacters, withoutSeparators } from './spelling.js';
export { readWrittenNumber } from './written-number.js';
