export { AuditChain } from './audit-chain.js';
export { AuditLog } from './audit-log.js';
export { AuditModule } from './audit.module.js';
export { fieldsCleared, fieldsSet, isFieldChange, type FieldChanges } from './field-changes.js';
export { type ChainAnchor, type ChainQuery, verifyChain } from './verify-chain.js';
