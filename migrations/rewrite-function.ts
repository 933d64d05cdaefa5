import type { QueryRunner } from 'typeorm';

/** A passage of a function, and what is to stand there instead. */
export interface Change {
  from: string;
  to: string;
}

export function undone(changes: readonly Change[]): Change[] {
  return changes.map(({ from, to }) => ({ from: to, to: from })).reverse();
}

/**
 * Makes a function anew from what it is in the database.
 *
 * @throws Error when a passage to be changed does not stand there exactly once: the function is another one by now
 */
export async function rewriteFunction(queryRunner: QueryRunner, name: string, changes: readonly Change[]) {
  const [{ definition }] = (await queryRunner.query(`select pg_get_functiondef($1::regproc) as definition`, [
    name,
  ])) as [{ definition: string }];
  const changed = changes.reduce((sql, { from, to }) => {
    if (sql.split(from).length !== 2) throw new Error(`${name}() does not say exactly once: ${from}`);
    return sql.replace(from, () => to);
  }, definition);
  await queryRunner.query(changed);
}
