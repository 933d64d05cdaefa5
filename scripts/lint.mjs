/** `npm run lint`. Plain JavaScript without dependencies, because it installs them when they are missing. */
import { ensureInstalled, run } from './ensure-installed.mjs';

await ensureInstalled();
await run('eslint', ['.', '--max-warnings', '0']);
