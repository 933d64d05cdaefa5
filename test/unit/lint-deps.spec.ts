import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = process.cwd();
const rulesFile = path.join(root, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(import.meta.url)(rulesFile) as { forbidden: { name: string }[] };

const api = 'apps/api/src';
const modules = `${api}/modules`;

/** One import that each rule must refuse: [rule, importing file, imported file or package]. */
const refused: [rule: string, from: string, to: string][] = [
  ['contracts-import-nothing', 'libs/contracts/src/reason-codes.ts', 'libs/phone/src/index.ts'],
  ['libs-import-no-apps', 'libs/phone/src/index.ts', `${api}/platform/clock/clock.ts`],
  ['api-client-stands-alone', 'libs/api-client/src/index.ts', 'libs/contracts/src/index.ts'],
  ['console-imports-only-contracts-and-client', 'apps/console/src/App.tsx', 'libs/phone/src/index.ts'],
  ['platform-imports-no-modules', `${api}/platform/http/problems/filter.ts`, `${modules}/agents/agents.public.ts`],
  ['modules-only-by-their-public-face', `${modules}/usage/usage.service.ts`, `${modules}/agents/agents.repository.ts`],
  [
    'modules-only-by-their-public-face',
    `${modules}/imports/take/import-run.ts`,
    `${modules}/phone-numbers/lists/lists.public.ts`,
  ],
  ['app-takes-modules-by-their-public-face', `${api}/app.module.ts`, `${modules}/agents/agents.module.ts`],
  ['modules-have-a-place-in-the-order', `${modules}/newcomer/newcomer.ts`, `${modules}/agents/agents.public.ts`],
  [
    'call-gate-imports-only-further-down',
    `${modules}/call-gate/engine/gate.ts`,
    `${modules}/operations/operations.public.ts`,
  ],
  ['usage-imports-only-further-down', `${modules}/usage/usage.ts`, `${modules}/call-gate/call-gate.public.ts`],
  ['imports-imports-only-further-down', `${modules}/imports/imports.ts`, `${modules}/usage/usage.public.ts`],
  [
    'agent-assignments-imports-only-further-down',
    `${modules}/agent-assignments/assignments.ts`,
    `${modules}/call-gate/call-gate.public.ts`,
  ],
  [
    'phone-numbers-imports-only-further-down',
    `${modules}/phone-numbers/numbers.ts`,
    `${modules}/agent-assignments/agent-assignments.public.ts`,
  ],
  ['providers-imports-only-further-down', `${modules}/providers/providers.ts`, `${modules}/usage/usage.public.ts`],
  [
    'agents-imports-only-further-down',
    `${modules}/agents/agents.ts`,
    `${modules}/phone-numbers/phone-numbers.public.ts`,
  ],
  ['clients-imports-only-further-down', `${modules}/clients/clients.ts`, `${modules}/agents/agents.public.ts`],
  ['organizations-imports-only-further-down', `${modules}/organizations/o.ts`, `${modules}/agents/agents.public.ts`],
  [
    'audit-trail-imports-only-further-down',
    `${modules}/audit-trail/x.service.ts`,
    `${modules}/agents/agents.public.ts`,
  ],
  ['auth-imports-only-further-down', `${modules}/auth/auth.guard.ts`, `${modules}/agents/agents.public.ts`],
  ['audit-imports-only-further-down', `${modules}/audit/audit-log.ts`, `${modules}/auth/auth.public.ts`],
  ['tenancy-imports-only-further-down', `${modules}/tenancy/tenancy.ts`, `${modules}/audit/audit.public.ts`],
  [
    'gate-engine-knows-no-routes',
    `${modules}/call-gate/engine/call-batcher.ts`,
    `${modules}/call-gate/authorize/authorize-call.answer.ts`,
  ],
  [
    'gate-policy-knows-no-engine',
    `${modules}/call-gate/policy/call-command.ts`,
    `${modules}/call-gate/engine/pending-call.ts`,
  ],
  ['use-cases-know-no-http-shapes', `${modules}/agents/agents.service.ts`, `${modules}/agents/dto/agent.dto.ts`],
  [
    'use-cases-know-no-http-shapes',
    `${modules}/phone-numbers/lists/number-lists.service.ts`,
    `${modules}/phone-numbers/lists/dto/phone-number-summary.view.ts`,
  ],
  ['entities-stay-private', `${modules}/agents/agents.public.ts`, `${modules}/agents/agent.entity.ts`],
  [
    'entities-stay-private',
    `${modules}/phone-numbers/phone-numbers.public.ts`,
    `${modules}/phone-numbers/inventory/phone-number.entity.ts`,
  ],
  ['twilio-sdk-only-in-providers-twilio', `${modules}/providers/telnyx/telnyx.ts`, 'twilio'],
  ['telnyx-sdk-only-in-providers-telnyx', `${modules}/providers/twilio/twilio.ts`, 'telnyx'],
  ['no-cycles', `${api}/platform/clock/one.ts`, `${api}/platform/clock/other.ts`],
  ['not-unresolvable', `${api}/platform/logging/logging.ts`, 'not-installed'],
  ['shipped-code-imports-no-tools', `${api}/platform/clock/demo.ts`, 'tools/demo/seed.ts'],
  ['shipped-code-has-no-development-dependencies', `${api}/platform/logging/development.ts`, 'development-only'],
];

/** The other half of the cycle, which is reported once. */
const wayBack = [`${api}/platform/clock/other.ts`, `${api}/platform/clock/one.ts`] as const;

/** Imports in the right direction, which no rule may refuse. */
const permitted: [from: string, to: string][] = [
  [`${modules}/call-gate/authorize/authorize-call.service.ts`, `${modules}/usage/usage.public.ts`],
  [
    `${modules}/call-gate/authorize/authorize-call.controller.ts`,
    `${modules}/call-gate/authorize/dto/authorize-call.dto.ts`,
  ],
  [`${modules}/call-gate/authorize/authorize-call.service.ts`, `${modules}/call-gate/engine/call-batcher.ts`],
  [`${modules}/call-gate/engine/call-batcher.ts`, `${modules}/call-gate/policy/call-command.ts`],
  [`${modules}/agents/agents.repository.ts`, `${modules}/agents/agent.entity.ts`],
  [`${modules}/agents/agents.controller.ts`, `${modules}/auth/auth.public.ts`],
  ['apps/console/src/main.tsx', 'libs/contracts/src/index.ts'],
  ['apps/console/src/main.tsx', 'libs/api-client/src/index.ts'],
];

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

describe('import rules', () => {
  let tree: string;
  let violations: Violation[];

  beforeAll(() => {
    tree = realpathSync(mkdtempSync(path.join(tmpdir(), 'ringfence-imports-')));
    plant(tree);
    const cli = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const report = execFileSync(
      process.execPath,
      [cli, '--config', rulesFile, '--output-type', 'json', 'apps', 'libs'],
      { cwd: tree, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    violations = (JSON.parse(report) as { summary: { violations: Violation[] } }).summary.violations;
  });

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(refused)('%s refuses %s → %s', (rule, from, to) => {
    const matches = violations.filter(
      (v) => v.from === from && (v.to === to || v.to.startsWith(`node_modules/${to}/`)),
    );
    expect(matches.map((violation) => violation.rule.name)).toContain(rule);
  });

  it('refuses a file that nothing imports and that imports nothing', () => {
    expect(violations.filter((v) => v.rule.name === 'no-orphans').map((v) => v.from)).toEqual([
      `${api}/platform/left-over.ts`,
    ]);
  });

  it.each(permitted)('permits %s → %s', (from, to) => {
    expect(violations.filter((violation) => violation.from === from && violation.to === to)).toEqual([]);
  });

  it('tries every rule', () => {
    const tried = new Set([...refused.map(([rule]) => rule), 'no-orphans']);
    expect(forbidden.map((rule) => rule.name).filter((name) => !tried.has(name))).toEqual([]);
  });
});

/** Writes the tree of violations: each file imports what the tables say, and every imported file exists. */
function plant(tree: string): void {
  const imports = new Map<string, Set<string>>();
  for (const [from, to] of [...refused.map(([, from, to]) => [from, to] as const), wayBack, ...permitted]) {
    imports.set(from, (imports.get(from) ?? new Set()).add(to));
    if (to.endsWith('.ts')) imports.set(to, imports.get(to) ?? new Set());
  }
  imports.set(`${api}/platform/left-over.ts`, new Set());
  for (const [file, targets] of imports) {
    const lines = [...targets].map((target, index) => `import * as i${index} from '${specifier(file, target)}';`);
    write(
      tree,
      file,
      [...lines, `export const used = [${lines.map((_, index) => `i${index}`).join(', ')}];`].join('\n'),
    );
  }
  for (const name of ['twilio', 'telnyx', 'development-only']) {
    write(tree, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(tree, `node_modules/${name}/index.js`, 'module.exports = {};');
  }
  const dependencies = { twilio: '1.0.0', telnyx: '1.0.0' };
  write(tree, 'package.json', JSON.stringify({ dependencies, devDependencies: { 'development-only': '1.0.0' } }));
  write(tree, 'tsconfig.json', JSON.stringify({ compilerOptions: { module: 'nodenext' } }));
}

function specifier(from: string, to: string): string {
  if (!/\.tsx?$/.test(to)) return to;
  const relative = path.posix.relative(path.posix.dirname(from), to).replace(/\.tsx?$/, '.js');
  return relative.startsWith('.') ? relative : `./${relative}`;
}

function write(tree: string, file: string, text: string): void {
  const target = path.join(tree, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
