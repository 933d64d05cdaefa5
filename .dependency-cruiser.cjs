/**
 * Who may import whom. `test/unit/lint-deps.spec.ts` proves that each rule bites.
 *

 */
const MODULES = '(^|/)apps/api/src/modules/';

/** From the outermost to the innermost: a module imports only modules that stand further down. */
const ORDER = [
  'operations',
  'call-gate',
  'usage',
  'imports',
  'agent-assignments',
  'phone-numbers',
  'providers',
  'agents',
  'clients',
  'organizations',
  'audit-trail',
  'auth',
  'audit',
  'tenancy',
];

const downwards = ORDER.slice(1).map((module, index) => ({
  name: `${module}-imports-only-further-down`,
  comment: `The direction is ${ORDER.join(' → ')}.`,
  severity: 'error',
  from: { path: `${MODULES}${module}/` },
  to: { path: `${MODULES}(${ORDER.slice(0, index + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contracts-import-nothing',
      comment: 'Contracts are read by the API, the console and the docs: they stand alone.',
      severity: 'error',
      from: { path: '(^|/)libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '(^|/)libs/contracts/' },
    },
    {
      name: 'libs-import-no-apps',
      comment: 'Libraries know nothing about who uses them.',
      severity: 'error',
      from: { path: '(^|/)libs/' },
      to: { path: '(^|/)(apps|migrations|scripts|tools|test)/' },
    },
    {
      name: 'api-client-stands-alone',
      comment: 'What users copy depends on nothing.',
      severity: 'error',
      from: { path: '(^|/)libs/api-client/' },
      to: { pathNot: '(^|/)libs/api-client/' },
    },
    {
      name: 'console-imports-only-contracts-and-client',
      comment: 'The console knows the API by its HTTP contract, not by its code.',
      severity: 'error',
      from: { path: '(^|/)apps/console/' },
      to: { path: '(^|/)(apps/api|libs|migrations|scripts|tools|test)/', pathNot: '(^|/)libs/(contracts|api-client)/' },
    },
    {
      name: 'platform-imports-no-modules',
      comment: 'platform/ holds no domain words.',
      severity: 'error',
      from: { path: '(^|/)apps/api/src/(platform|config)/' },
      to: { path: MODULES },
    },
    {
      name: 'modules-only-by-their-public-face',
      comment: 'Module to module only through x.public.ts.',
      severity: 'error',
      from: { path: `${MODULES}([^/]+)/` },
      to: { path: `${MODULES}[^/]+/`, pathNot: [`${MODULES}$2/`, `${MODULES}[^/]+/[^/]+\\.public\\.ts$`] },
    },
    {
      name: 'app-takes-modules-by-their-public-face',
      comment: 'What assembles the application sees of a module what other modules see.',
      severity: 'error',
      from: { path: '(^|/)(apps/api/src/[^/]+\\.ts$|scripts/|tools/)' },
      to: { path: `${MODULES}`, pathNot: `${MODULES}[^/]+/[^/]+\\.public\\.ts$` },
    },
    {
      name: 'modules-have-a-place-in-the-order',
      comment: 'A new module is entered in ORDER in .dependency-cruiser.cjs first.',
      severity: 'error',
      from: { path: `${MODULES}[^/]+/`, pathNot: `${MODULES}(${ORDER.join('|')})/` },
      to: {},
    },
    ...downwards,
    {
      name: 'gate-engine-knows-no-routes',
      comment: 'What decides and what it decides about stand behind the rooms with routes.',
      severity: 'error',
      from: { path: `${MODULES}call-gate/(engine|policy)/` },
      to: { path: `${MODULES}call-gate/(authorize|simulate|settle|decision-log)/` },
    },
    {
      name: 'gate-policy-knows-no-engine',
      comment: 'What a call is does not depend on how calls wait and leave: simulations use it past the engine.',
      severity: 'error',
      from: { path: `${MODULES}call-gate/policy/` },
      to: { path: `${MODULES}call-gate/engine/` },
    },
    {
      name: 'use-cases-know-no-http-shapes',
      comment: 'Services and repositories never import dto/ or controllers.',
      severity: 'error',
      from: { path: `${MODULES}.*\\.(service|repository|entity)\\.ts$` },
      to: { path: `${MODULES}.*(/dto/|\\.controller\\.ts$)` },
    },
    {
      name: 'entities-stay-private',
      comment: 'An entity is how its own module stores a record; nobody else sees it.',
      severity: 'error',
      from: { path: `${MODULES}.*\\.(controller|public)\\.ts$` },
      to: { path: `${MODULES}.*\\.entity\\.ts$` },
    },
    {
      name: 'twilio-sdk-only-in-providers-twilio',
      severity: 'error',
      from: { pathNot: `${MODULES}providers/twilio/` },
      to: { path: '(^|/)node_modules/twilio/|^twilio($|/)' },
    },
    {
      name: 'telnyx-sdk-only-in-providers-telnyx',
      severity: 'error',
      from: { pathNot: `${MODULES}providers/telnyx/` },
      to: { path: '(^|/)node_modules/telnyx/|^telnyx($|/)' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle of types alone is harmless: entities that refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is left over.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '\\.spec\\.ts$',
          '(^|/)apps/api/src/main\\.ts$',
          '(^|/)apps/console/src/main\\.tsx$',
          '(^|/)apps/console/vite\\.config\\.ts$',
          '(^|/)migrations/[^/]+\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'not-unresolvable',
      comment: 'An import that leads nowhere would pass every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'shipped-code-imports-no-tools',
      comment: 'The image carries neither the embedded PostgreSQL, the demo nor the tests.',
      severity: 'error',
      from: { path: '(^|/)(apps/api/src|libs|migrations)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(tools|test)/' },
    },
    {
      name: 'shipped-code-has-no-development-dependencies',
      comment: 'The image carries production dependencies only.',
      severity: 'error',
      from: { path: '(^|/)(apps/api/src|libs|migrations)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.ringfence|coverage)/' },
    // Imports of types count as well: they are what ties modules together.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};
