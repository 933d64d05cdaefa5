export { ClientRemovalListeners } from './client-removal-listeners.js';
export { Clients } from './clients.js';
export { ClientsModule } from './clients.module.js';
