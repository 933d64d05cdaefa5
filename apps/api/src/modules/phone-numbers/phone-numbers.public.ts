export { type NewPhoneNumber, PhoneNumberRegistry, type Registration } from './phone-number-registry.js';
export { PhoneNumbers } from './phone-numbers.js';
export { PhoneNumbersModule } from './phone-numbers.module.js';
