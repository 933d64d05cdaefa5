/** Native ESM; TypeScript through swc with the decorator metadata that Nest and TypeORM read. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#(api-client|contracts|phone)$': '<rootDir>/libs/$1/src/index.ts',
    '^#embedded-postgres$': '<rootDir>/tools/embedded-postgres/index.ts',
    // Metadata of a package is a module called *.json.js.
    '^(\\.{1,2}/.*(?<!\\.json))\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.ringfence'],
};

const database = {
  globalSetup: '<rootDir>/dist/test/support/global-setup.js',
  globalTeardown: '<rootDir>/dist/test/support/global-teardown.js',
};

export default {
  coverageProvider: 'babel',
  reporters: ['default', '<rootDir>/scripts/closing-line-reporter.mjs'],
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/test/unit/**/*.spec.ts',
        '<rootDir>/apps/api/src/**/*.spec.ts',
        '<rootDir>/libs/**/*.spec.ts',
      ],
    },
    { ...base, ...database, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    { ...base, ...database, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    { ...base, ...database, displayName: 'concurrency', testMatch: ['<rootDir>/test/concurrency/**/*.spec.ts'] },
    { ...base, ...database, displayName: 'security', testMatch: ['<rootDir>/test/security/**/*.spec.ts'] },
    { ...base, ...database, displayName: 'sip', testMatch: ['<rootDir>/test/sip/**/*.spec.ts'] },
    { ...base, ...database, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.spec.ts'] },
  ],
};
