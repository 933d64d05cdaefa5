export { AuthorizeCallShortcut } from './authorize/authorize-call.shortcut.js';
export { CallGateModule } from './call-gate.module.js';
export { ledgerComplaint, LedgerDays } from './ledger/ledger-days.service.js';
