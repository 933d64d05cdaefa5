export { CallGateModule } from './call-gate.module.js';
