export { AgentAssignmentsModule } from './agent-assignments.module.js';
