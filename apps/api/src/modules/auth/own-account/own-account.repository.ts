import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';

/** What people change about themselves. Needs a transaction of the system. */
@Injectable()
export class OwnAccountRepository {
  /** @returns the name that was there before */
  async rename(tx: Transaction, userId: string, name: string): Promise<string> {
    const [before] = await tx.query<{ name: string }>('select name from users where id = $1 for update', [userId]);
    await tx.query('update users set name = $2 where id = $1', [userId, name]);
    return before!.name;
  }

  /** @returns false when the password is not the one any more that was checked */
  async replacePassword(tx: Transaction, userId: string, passwords: { from: string; to: string }): Promise<boolean> {
    const rows = await tx.query(
      'update users set password_hash = $3 where id = $1 and password_hash = $2 returning id',
      [userId, passwords.from, passwords.to],
    );
    return rows.length > 0;
  }
}
