import { envSchema } from '../apps/api/src/config/env.schema.js';
import { generateOrCheck } from './generated-file.js';

const HEAD = '# Settings of the API. Generated from apps/api/src/config/env.schema.ts by "npm run env:example".\n';

/** Settings without a default: an example stands in the file, and the operator replaces it. */
const EXAMPLES: Record<string, string> = {
  DATABASE_URL: 'postgres://ringfence_app_login:secret@localhost:5432/ringfence',
  SYSTEM_DATABASE_URL: 'postgres://ringfence_system_login:secret@localhost:5432/ringfence',
  JWT_SECRET: 'replace-me-by-the-output-of-openssl-rand-hex-32',
};

const defaults: Record<string, unknown> = envSchema.parse(EXAMPLES);

const settings = Object.entries(envSchema.shape).map(([name, { description }]) => {
  const example = EXAMPLES[name];
  const value = example ?? defaults[name];
  // A setting that has a default, or needs none, stays commented out.
  const line = example === undefined ? `# ${name}=${String(value ?? '')}` : `${name}=${example}`;
  return `# ${description ?? ''}\n${line}\n`;
});

generateOrCheck(
  { path: '.env.example', content: [HEAD, ...settings].join('\n'), command: 'npm run env:example' },
  process.argv[2],
);
