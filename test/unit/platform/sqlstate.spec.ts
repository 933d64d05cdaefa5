import { databaseErrorOf } from '../../../apps/api/src/platform/database/sqlstate.js';

const errorWith = (code: string) => Object.assign(new Error(code), { code, constraint: 'one_of_ours' });

describe('databaseErrorOf', () => {
  it.each(['23505', '40P01', 'P0001', 'XX000', '0A000'])('knows the SQLSTATE %s, wrapped by TypeORM too', (code) => {
    const facts = { sqlState: code, constraint: 'one_of_ours' };
    expect(databaseErrorOf(errorWith(code))).toEqual(facts);
    expect(databaseErrorOf(Object.assign(new Error(), { driverError: errorWith(code) }))).toEqual(facts);
  });

  it.each(['EPIPE', 'ECONNRESET', 'ETIMEDOUT'])('takes no error of the network for one of PostgreSQL: %s', (code) => {
    expect(databaseErrorOf(errorWith(code))).toBeNull();
  });

  it.each([null, undefined, new Error('no code'), { code: 23505 }])('answers null for %s', (error) => {
    expect(databaseErrorOf(error)).toBeNull();
  });
});
