export { EmbeddedPostgresRefusal } from './refusal.js';
export { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.js';
