import type { PhoneNumberView } from '#contracts';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';

/** How much of the pool an organization may still take: what it has claimed and what it has reserved count alike. */
export class PoolQuota {
  /**
   * @param quota null for the platform organization, which owns the pool
   * @param held how many numbers of the pool the organization holds
   */
  constructor(
    private readonly quota: number | null,
    private held: number,
  ) {}

  /**
   * Takes room for a number of the pool. One that the organization has reserved is counted already.
   *
   * @throws ProblemError pool_quota_reached
   */
  take({ reservedByUs }: Pick<PhoneNumberView, 'reservedByUs'>): void {
    if (reservedByUs) return;
    if (this.quota !== null && this.held >= this.quota) throw poolQuotaReached(this.held, this.quota);
    this.held += 1;
  }
}

function poolQuotaReached(held: number, quota: number): ProblemError {
  const [holds, may] = [held, quota].map((numbers) => numbers.toLocaleString('en'));
  const detail = `The organization holds ${holds} numbers of the pool, claimed or reserved, and its quota is ${may}. Release or unreserve some first, or ask the platform administrator to raise the quota.`;
  return new ProblemError('pool_quota_reached', detail);
}
