export { AgentRemovalListeners } from './agent-removal-listeners.js';
export { AgentRegistry, type ListedAgent, type ListedFault } from './agent-registry.js';
export { Agents } from './agents.js';
export { AgentsModule } from './agents.module.js';
