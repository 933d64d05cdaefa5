export { AuthorizeCallShortcut } from './authorize-call.shortcut.js';
export { CallGateModule } from './call-gate.module.js';
