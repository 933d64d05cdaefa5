import { type SqlToken, sqlTokens } from './sql-tokens.js';

export interface TableUse {
  /** `unclear`: SQL that cannot be told apart by its tokens, so that it is not allowed. */
  kind: 'read' | 'write' | 'unclear';
  /** The table, or why it is unclear. */
  what: string;
  /** Where it stands in the text. */
  at: number;
}

/** What ends a list of tables at its own depth of brackets. */
const ENDS_FROM = new Set(
  (
    'where group order having limit offset returning set union intersect except select window fetch for ' +
    'values when loop then do'
  ).split(' '),
);
/** Words that stand between a command and its table. */
const BETWEEN = new Set(['only', 'table', 'lateral', 'if', 'exists']);
const TABLE_COMMANDS = new Set(['truncate', 'copy']);

/**
 * Which of the known tables a piece of SQL reads and which it writes. Words alone do not make a use: `for update of a`,
 * `on conflict do update set`, `grant update on t` and `before update on t` write nothing, and what is quoted as a string
 * or stands in a comment is no SQL.
 *
 * @param tables names of all tables of the schema
 */
export function tableUses(sql: string, tables: ReadonlySet<string>): TableUse[] {
  return new Uses(sqlTokens(sql), tables).all();
}

class Uses {
  private readonly uses: TableUse[] = [];

  constructor(
    private readonly tokens: readonly SqlToken[],
    private readonly tables: ReadonlySet<string>,
  ) {}

  all(): TableUse[] {
    /** For each depth of brackets, whether a list of tables goes on. */
    const lists = [false];
    this.tokens.forEach((token, index) => {
      if (token.kind === 'sign') {
        if (token.text === '(') lists.push(false);
        else if (token.text === ')' && lists.length > 1) lists.pop();
        else if (token.text === ';') lists.splice(0, lists.length, false);
        else if (token.text === ',' && lists.at(-1)) this.use('read', index + 1);
      }
      if (token.kind !== 'word') return;
      this.command(token, index);
      this.namesCte(token, index);
      const opened = this.opensList(token, index);
      if (opened !== null) lists[lists.length - 1] = opened;
    });
    return this.uses;
  }

  private word(index: number): string | null {
    const token = this.tokens[index];
    return token?.kind === 'word' ? token.text : null;
  }

  private sign(index: number): string | null {
    const token = this.tokens[index];
    return token?.kind === 'sign' ? token.text : null;
  }

  private command({ text }: SqlToken, index: number): void {
    const before = this.word(index - 1);
    if (text === 'into' && (before === 'insert' || before === 'merge')) this.use('write', index + 1, true);
    else if (text === 'from' && before === 'delete') this.use('write', index + 1, true);
    else if (text === 'update') this.use('write', index + 1, this.setsSomething(index));
    else if (TABLE_COMMANDS.has(text)) this.use('write', index + 1);
    else if (text === 'table' && (before === 'alter' || before === 'drop')) this.use('write', index + 1);
  }

  /** `update ${…} set`, perhaps with an alias between. */
  private setsSomething(index: number): boolean {
    return [2, 3, 4].some((further) => this.word(index + further) === 'set');
  }

  /** @returns whether a list of tables begins (true) or ends (false) with the word, null when neither */
  private opensList({ text }: SqlToken, index: number): boolean | null {
    const before = this.word(index - 1);
    if (text === 'from' && before !== 'delete' && before !== 'distinct') {
      this.use('read', index + 1);
      return true;
    }
    if (text === 'join' || text === 'using') {
      this.use('read', index + 1);
      return text === 'using' && this.sign(index + 1) !== '(' ? true : null;
    }
    return ENDS_FROM.has(text) ? false : null;
  }

  /** A CTE that is called like a table would hide it: `with agents as (…)`, `with agents (a, b) as (…)`. */
  private namesCte({ text, at }: SqlToken, index: number): void {
    if (!this.tables.has(text)) return;
    let after = index + 1;
    if (this.sign(after) === '(') after = this.behindBracket(after);
    if (this.word(after) !== 'as') return;
    after += 1;
    while (this.word(after) === 'not' || this.word(after) === 'materialized') after += 1;
    if (this.sign(after) === '(') {
      this.uses.push({ kind: 'unclear', what: `a part of the statement is named like the table ${text}`, at });
    }
  }

  private behindBracket(open: number): number {
    let depth = 0;
    for (let index = open; index < this.tokens.length; index += 1) {
      if (this.sign(index) === '(') depth += 1;
      if (this.sign(index) === ')' && (depth -= 1) === 0) return index + 1;
    }
    return this.tokens.length;
  }

  /** @param mustBeKnown a name that is put in at run time is refused */
  private use(kind: 'read' | 'write', index: number, mustBeKnown = false): void {
    while (BETWEEN.has(this.word(index) ?? '')) index += 1;
    if (this.word(index) === 'public' && this.sign(index + 1) === '.') index += 2;
    const token = this.tokens[index];
    const end = index === this.tokens.length;
    if (mustBeKnown && (end || token?.kind === 'hole')) {
      const at = (token ?? this.tokens[index - 1])!.at;
      this.uses.push({ kind: 'unclear', what: 'the name of the table that is written is put in at run time', at });
    }
    const name = this.word(index);
    if (name === null || !this.tables.has(name) || this.sign(index + 1) === '.') return;
    this.uses.push({ kind, what: name, at: token!.at });
  }
}
