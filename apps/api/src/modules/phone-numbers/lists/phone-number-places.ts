import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { findAgentPlace, findPlace } from './sql/find-place.sql.js';

/** What a long list is in the order of. */
export type PlacedOrder = 'id' | 'number' | 'agent';

/** Where to begin to read: a condition, for the parameter that stands for its value, and how many rows it leaves out. */
export interface Place {
  condition(parameter: string): string;
  value: string;
  passed: number;
}

/** Up to here rows are passed one by one without a look at the counters. */
const NEAR = 2_000;

/** Rows that are passed one by one at most: the dearest of them, read from the table, cost two microseconds each. */
const MOST_PASSED = 10_000;

/** Pages far down a list: of all numbers, or of all that agents call from, counters tell where to begin. */
@Injectable()
export class PhoneNumberPlaces {
  /**
   * @param order null when no counters know the list
   * @param skip rows before the page, in this direction
   * @throws ProblemError validation_failed (range) when too many rows would have to be passed
   */
  async find(
    tx: Transaction,
    organizationId: string,
    order: PlacedOrder | null,
    direction: 'asc' | 'desc',
    skip: number,
  ): Promise<Place | null> {
    if (skip <= NEAR) return null;
    if (order === null) {
      if (skip > MOST_PASSED) throw tooFar();
      return null;
    }
    const [sql, parameters] =
      order === 'agent'
        ? [findAgentPlace(direction), [organizationId, skip]]
        : [findPlace(direction), [organizationId, order, skip]];
    const [row] = await tx.query<{ edge: string | null; passed: number }>(sql, parameters);
    return row?.edge == null ? null : placeAt(order, direction, row.edge, row.passed);
  }
}

function placeAt(order: PlacedOrder, direction: 'asc' | 'desc', edge: string, passed: number): Place {
  const from = direction === 'asc' ? '>=' : '<';
  switch (order) {
    case 'agent':
      return { condition: (name) => `lower(g.name) ${from === '<' ? '<=' : from} ${name}`, value: edge, passed };
    case 'number':
      return { condition: (number) => `n.e164 ${from} ${number}`, value: edge, passed };
    case 'id':
      // The first digits of a UUID, and the least one that begins with them.
      return {
        condition: (id) => `n.id ${from} ${id}::uuid`,
        value: edge.replaceAll('-', '').padEnd(32, '0'),
        passed,
      };
  }
}

function tooFar(): ProblemError {
  const far = `starts more than ${MOST_PASSED.toLocaleString('en')} rows from either end of this list`;
  const instead = 'narrow the filter, or download the whole list as a file';
  return new ProblemError('validation_failed', `range: ${far}. To get there, ${instead}.`, {
    errors: { range: `${far}; ${instead}` },
  });
}
