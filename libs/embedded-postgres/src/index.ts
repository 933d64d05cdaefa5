export { EmbeddedPostgresRefusal } from './refusal.js';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.js';
