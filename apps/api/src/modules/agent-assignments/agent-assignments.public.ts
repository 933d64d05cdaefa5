export { AgentAssignmentRows } from './assign/agent-assignment-rows.js';
export { AgentAssignmentsModule } from './agent-assignments.module.js';
export { BulkAssignments } from './bulk/bulk-assignments.js';
