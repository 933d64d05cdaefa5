import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { BoundedWork } from '../../../platform/process/bounded-work.js';
import { networkOf } from './address-network.js';
import { SignInCounters, type Allowance } from './sign-in-counters.js';
import { FIND_SIGN_IN_ACCOUNT, type SignInAccountRow } from './sql/find-sign-in-account.sql.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** The rule, which ADR 15 explains. */
const ALLOWANCES = {
  pair: { points: 10, seconds: 15 * MINUTE },
  address: { points: 50, seconds: 15 * MINUTE },
  account: { points: 20, seconds: DAY },
  /** Between two attempts once the account has used up its allowance. How long it is grows. */
  pause: { points: 1, seconds: 5 * MINUTE },
  /** How long a sign-in that succeeded makes the pair a known one. */
  known: { points: 1, seconds: 30 * DAY },
} as const satisfies Record<string, Allowance>;

type Kind = keyof typeof ALLOWANCES;

/** Whose attempts they are. */
interface Guesser {
  account: string;
  network: string;
  pair: string;
}

/** Every attempt of one account, or from one network, waits for the same row: they must not take all connections for it. */
const AT_ONCE = 2;
const WAITING = 100;

/**
 * Slows guessing. Counts failed attempts to enter a password by account, by address and by pair of both, in PostgreSQL, for
 * all processes together. An attempt counts from its beginning, so that attempts at the same time count as well; one that
 * is refused here counts nowhere. Open sessions are not asked: no lock ever shuts them out.
 *
 * Each attempt that began ends by `succeeded`, by `withdrawn`, or by nothing when the password was wrong.
 */
@Injectable()
export class SignInAttempts {
  private readonly beginnings = new BoundedWork(
    { atOnce: AT_ONCE, waiting: WAITING },
    () =>
      new ProblemError('service_unavailable', 'Too many people sign in right now. Try again in a second.', {
        headers: { 'retry-after': '1' },
      }),
  );

  constructor(private readonly database: Database) {}

  /**
   * Counts an attempt before it is tried.
   *
   * @throws ProblemError too_many_requests, with Retry-After in seconds; service_unavailable when too many come at once
   */
  async begin(email: string, address: string): Promise<void> {
    await this.beginnings.run(() =>
      this.database.asSystem(async (tx) => {
        const guesser = await guesserOf(tx, email, address);
        if (await counters(tx, 'known').isRunning(guesser.pair)) await takeAsKnown(tx, guesser);
        else await takeAsStranger(tx, guesser);
      }),
    );
  }

  /** The password was right: the attempt did not count, and the address is known for the account from now on. */
  async succeeded(email: string, address: string): Promise<void> {
    await this.database.asSystem(async (tx) => {
      const { account, network, pair } = await guesserOf(tx, email, address);
      await counters(tx, 'address').giveBack(network);
      await counters(tx, 'pair').forget(pair);
      await counters(tx, 'account').giveBack(account);
      await counters(tx, 'known').begin(pair);
    });
  }

  /** The password was not compared, because of a fault of ours: the attempt did not count. */
  async withdrawn(email: string, address: string): Promise<void> {
    await this.database.asSystem(async (tx) => {
      const { account, network, pair } = await guesserOf(tx, email, address);
      await counters(tx, 'address').giveBack(network);
      await counters(tx, 'pair').giveBack(pair);
      await counters(tx, 'account').giveBack(account);
    });
  }
}

// Every transaction counts in one order, by address, by pair and by account, so that no two wait for each other.

/** Nothing that others do to the account, or from the address, keeps its owner out: only the pair has a limit. */
async function takeAsKnown(tx: Transaction, { account, network, pair }: Guesser): Promise<void> {
  await counters(tx, 'address').add(network);
  refuse(await counters(tx, 'pair').take(pair), PAIR_REFUSAL);
  await counters(tx, 'account').add(account);
}

async function takeAsStranger(tx: Transaction, { account, network, pair }: Guesser): Promise<void> {
  refuse(await counters(tx, 'address').take(network), ADDRESS_REFUSAL);
  refuse(await counters(tx, 'pair').take(pair), PAIR_REFUSAL);
  const excess = (await counters(tx, 'account').add(account)) - ALLOWANCES.account.points;
  if (excess <= 0) return;
  const pauseSeconds = Math.min(ALLOWANCES.pause.seconds, 2 ** Math.min(excess, 20));
  refuse(await counters(tx, 'pause').take(account, pauseSeconds), ACCOUNT_REFUSAL);
}

const ADDRESS_REFUSAL = 'Too many attempts to sign in have failed from your address.';
const PAIR_REFUSAL = 'Too many attempts to sign in with this e-mail have failed from your address.';
const ACCOUNT_REFUSAL =
  'Too many attempts to sign in with this e-mail have failed. An address from which you signed in before need not wait.';

/** @throws ProblemError too_many_requests when there are seconds to wait for */
function refuse(seconds: number | null, what: string): void {
  if (seconds === null) return;
  const detail = `${what} Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}. Sessions that are open go on.`;
  throw new ProblemError('too_many_requests', detail, { headers: { 'retry-after': String(seconds) } });
}

function counters(tx: Transaction, kind: Kind): SignInCounters {
  return new SignInCounters(tx, kind, ALLOWANCES[kind]);
}

/** An e-mail without an account is kept as a hash: what people type there by mistake may be a password. */
async function guesserOf(tx: Transaction, email: string, address: string): Promise<Guesser> {
  const [row] = await tx.query<SignInAccountRow>(FIND_SIGN_IN_ACCOUNT, [email.trim()]);
  const account = row!.user_id ?? hash('sha256', row!.email);
  const network = networkOf(address);
  return { account, network, pair: `${account} ${network}` };
}
