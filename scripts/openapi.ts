import { readEnv } from '../apps/api/src/config/env.js';
import { createApp } from '../apps/api/src/create-app.js';
import { openApiDocument } from '../apps/api/src/openapi.js';
import { generateOrCheck } from './generated-file.js';

// The preview builds no service, so that neither setting is ever used.
const env = readEnv({
  DATABASE_URL: 'postgres://unused',
  SYSTEM_DATABASE_URL: 'postgres://unused',
  JWT_SECRET: 'unused'.repeat(8),
  LOG_LEVEL: 'error',
});

const app = await createApp(env, { preview: true });
const content = `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
generateOrCheck({ path: 'openapi.json', content, command: 'npm run openapi:generate' }, process.argv[2]);
await app.close();
