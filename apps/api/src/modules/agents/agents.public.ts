export { AgentRemovalListeners } from './agent-removal-listeners.js';
export { Agents } from './agents.js';
export { AgentsModule } from './agents.module.js';
