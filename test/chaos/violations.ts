/** What a decision, a counter or an answer can break. */
export type Rule =
  | 'limit'
  | 'lost acknowledgement'
  | 'same answer'
  | 'counted once'
  | 'old value'
  | 'groundless refusal'
  | 'count'
  | 'caller id'
  | 'country'
  | 'answer'
  | 'day went back'
  | 'local date'
  | 'lost change'
  | 'void'
  | 'complete'
  | 'correction'
  | 'unanswered';

const SHOWN = 10;

/** Counts every violation and keeps the first few of each rule. */
export class Violations {
  readonly counts = new Map<Rule, number>();
  readonly shown: string[] = [];

  add(rule: Rule, detail: string): void {
    const count = (this.counts.get(rule) ?? 0) + 1;
    this.counts.set(rule, count);
    if (count <= SHOWN) this.shown.push(`${rule}: ${detail}`);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get rules(): Rule[] {
    return [...this.counts.keys()];
  }
}
