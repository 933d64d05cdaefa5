import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** `npm run migration:create -- AddCallerName`: an empty migration, listed in the index. */
const [name] = process.argv.slice(2);
if (!/^[A-Z][A-Za-z0-9]+$/.test(name ?? '')) {
  process.stderr.write('Name the migration in PascalCase: npm run migration:create -- AddCallerName\n');
  process.exit(1);
}
const directory = path.resolve(import.meta.dirname, '../migrations');
const file = `${Date.now()}-${name}`;
const className = `${name}${file.split('-')[0]}`;

writeFileSync(
  path.join(directory, `${file}.ts`),
  `import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Say why. */
export class ${className} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`\`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`\`);
  }
}
`,
  { flag: 'wx' },
);
const index = path.join(directory, 'index.ts');
const listed = readFileSync(index, 'utf8')
  .replace('\n\n/**', `\nimport { ${className} } from './${file}.js';\n\n/**`)
  .replace(/\n\];/, `\n  ${className},\n];`);
writeFileSync(index, listed);
process.stdout.write(`Created migrations/${file}.ts. Then: npm run schema:dump\n`);
