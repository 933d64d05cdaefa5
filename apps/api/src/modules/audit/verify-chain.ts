import { createHash } from 'node:crypto';
import type { AuditChainBreak, AuditChainView } from '#contracts';
import { CHAIN_CLAIM, CHAIN_LINKS, type ChainClaimRow, type ChainLinkRow } from './sql/chain-links.sql.js';

export type ChainQuery = <Row>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

/** A head that an earlier check printed and that was kept outside of the database. */
export interface ChainAnchor {
  sequence: number;
  /** SHA-256 in hexadecimal. */
  hash: string;
}

interface VerifyOptions {
  /** Checks only so many of the last events; the one before them is taken for right. */
  atMost?: number;
  anchors?: readonly ChainAnchor[];
}

const PAGE = 2_000;
const NOTHING = Buffer.alloc(32);

/**
 * Computes a chain anew and compares. It stops at the first link that is broken: what follows can prove nothing.
 *
 * @param query reads with a role that sees the organization's rows
 */
export async function verifyChain(
  query: ChainQuery,
  organizationId: string,
  { atMost, anchors = [] }: VerifyOptions = {},
): Promise<AuditChainView> {
  const [claim] = await query<ChainClaimRow>(CHAIN_CLAIM, [organizationId]);
  const head = { sequence: Number(claim!.sequence), hash: claim!.hash };
  const first = atMost === undefined ? 1 : Math.max(1, head.sequence - atMost + 1);
  const walk = new ChainWalk(first, anchors);
  let after = first - 1;
  while (walk.broken === null) {
    const rows = await query<ChainLinkRow>(CHAIN_LINKS, [organizationId, after, head.sequence, PAGE]);
    for (const row of rows) if (!walk.step(row)) break;
    if (rows.length < PAGE) break;
    after = walk.sequence;
  }
  walk.end(head, Number(claim!.last));
  return {
    organizationId,
    intact: walk.broken === null,
    checkedFrom: first,
    sequence: walk.sequence,
    hash: walk.hash.toString('hex'),
    unlinked: claim!.unlinked,
    broken: walk.broken,
  };
}

/** Goes along a chain and keeps the last link that was right. */
class ChainWalk {
  sequence: number;
  hash: Buffer = NOTHING;
  broken: AuditChainBreak | null = null;

  constructor(
    private readonly first: number,
    private readonly anchors: readonly ChainAnchor[],
  ) {
    this.sequence = first - 1;
  }

  step(row: ChainLinkRow): boolean {
    const expected = this.sequence + 1;
    const sequence = Number(row.position);
    if (sequence !== expected) return this.break('missing', expected, null, `followed by event ${sequence}`);
    // A check of the last events alone takes the link before them from the first of them.
    if (expected === this.first && expected > 1) this.hash = row.previousHash;
    if (!row.previousHash.equals(this.hash)) {
      return this.break('unlinked', expected, row.id, 'does not name the hash of the event before it');
    }
    const hash = createHash('sha256').update(this.hash).update(row.text).digest();
    if (!row.hash.equals(hash))
      return this.break('changed', expected, row.id, 'is not what its hash was computed from');
    for (const anchor of this.anchors) {
      if (anchor.sequence === expected && anchor.hash.toLowerCase() !== hash.toString('hex')) {
        return this.break('rewritten', expected, row.id, 'has another hash than the anchor says');
      }
    }
    this.sequence = expected;
    this.hash = hash;
    return true;
  }

  /** What only the end of the chain shows: that events are missing there, or hang on without a head. */
  end(head: { sequence: number; hash: Buffer }, last: number): void {
    if (this.broken) return;
    const expected = Math.max(head.sequence, ...this.anchors.map(({ sequence }) => sequence));
    if (expected > this.sequence) {
      this.break('missing', this.sequence + 1, null, `although the chain has reached event ${expected} before`);
    } else if (last > head.sequence) {
      this.break('head', head.sequence + 1, null, 'follows the head of the chain');
    } else if (this.sequence > 0 && !head.hash.equals(this.hash)) {
      this.break('head', this.sequence, null, 'has another hash than the head of the chain');
    }
  }

  private break(kind: AuditChainBreak['kind'], sequence: number, eventId: string | null, why: string): false {
    const verb = kind === 'missing' ? 'is missing, ' : '';
    this.broken = { kind, sequence, eventId, detail: `Event ${sequence} ${verb}${why}.` };
    return false;
  }
}
