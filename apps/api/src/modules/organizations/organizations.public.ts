export { OrganizationRemovalListeners } from './organization-removal-listeners.js';
export { OrganizationsModule } from './organizations.module.js';
