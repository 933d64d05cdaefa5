export { BulkPhoneNumbers } from './bulk/bulk-phone-numbers.js';
export * as NumberSteps from './lifecycle/number-steps.js';
export { PHONE_NUMBER_FILTERS } from './lists/phone-number-filter.js';
export { partsOfNumber } from './lists/phone-number-filter.js';
export { FIND_PHONE_NUMBERS, likePattern } from './lists/sql/find-phone-numbers.sql.js';
export { PhoneNumberPlaces } from './lists/phone-number-places.js';
export { PhoneNumbers } from './inventory/phone-numbers.js';
export type { PoolQuota } from './lifecycle/pool-quota.js';
export { PhoneNumbersModule } from './phone-numbers.module.js';
