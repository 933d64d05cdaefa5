/** Counts answers by status and says so at the end, for the reader of a run's output. */
export class Tally {
  private readonly byStatus = new Map<string, number>();

  constructor(private readonly title: string) {}

  count(status: number | string): void {
    this.byStatus.set(String(status), (this.byStatus.get(String(status)) ?? 0) + 1);
  }

  get total(): number {
    return [...this.byStatus.values()].reduce((sum, times) => sum + times, 0);
  }

  print(about: string): void {
    const statuses = [...this.byStatus].sort(([a], [b]) => a.localeCompare(b));
    const counts = statuses.map(([status, times]) => `${status} ${times}`).join(', ');
    process.stdout.write(`security, ${this.title}: ${about}, ${this.total} requests: ${counts}\n`);
  }
}
