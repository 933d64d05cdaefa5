export { BulkPhoneNumbers } from './bulk-phone-numbers.js';
export * as NumberSteps from './number-steps.js';
export { PHONE_NUMBER_FILTERS } from './phone-number-filter.js';
export { partsOfNumber } from './phone-number-filter.js';
export { FIND_PHONE_NUMBERS, likePattern } from './sql/find-phone-numbers.sql.js';
export { PhoneNumberPlaces } from './phone-number-places.js';
export { PhoneNumbers } from './phone-numbers.js';
export type { PoolQuota } from './pool-quota.js';
export { PhoneNumbersModule } from './phone-numbers.module.js';
