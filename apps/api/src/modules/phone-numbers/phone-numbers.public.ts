export { type NewPhoneNumber, PhoneNumberRegistry, type Registration } from './phone-number-registry.js';
export { partsOfNumber } from './phone-number-filter.js';
export { FIND_PHONE_NUMBERS, likePattern } from './sql/find-phone-numbers.sql.js';
export { PhoneNumbers } from './phone-numbers.js';
export { PhoneNumbersModule } from './phone-numbers.module.js';
