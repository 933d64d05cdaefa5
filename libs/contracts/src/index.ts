export * from './authorizations.js';
export * from './call-simulation.js';
export * from './country-presets.js';
export * from './destinations.js';
export * from './permissions.js';
export * from './problem-types.js';
export * from './reason-codes.js';
export * from './resources.js';
