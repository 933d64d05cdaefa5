import { Injectable } from '@nestjs/common';
import { In, IsNull, Raw, type FindOptionsWhere } from 'typeorm';
import type { NumbersPerAgent, OrganizationView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { revokeApiKeysOf } from '../auth/auth.public.js';
import { OrganizationEntity } from './organization.entity.js';
import { AGENTS_WITH_SEVERAL_NUMBERS } from './sql/agents-with-several-numbers.sql.js';
import { CHANGE_TIME_ZONE } from './sql/change-time-zone.sql.js';

/** What people may set of an organization, besides its zone and its suspension. */
export interface OrganizationFields {
  name: string;
  currency: string;
  defaultDailyLimit: number;
  defaultAllowedCountries: string[];
  numbersPerAgent: NumbersPerAgent;
  poolQuota: number | null;
}

@Injectable()
export class OrganizationsRepository {
  async findPage(
    tx: Transaction,
    filter: { ids?: string[]; q?: string },
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<OrganizationView>> {
    const byIds: FindOptionsWhere<OrganizationEntity> = {
      deletedAt: IsNull(),
      ...(filter.ids && { id: In(filter.ids) }),
    };
    const contains = Raw((column) => `position(lower(:q) in lower(${column})) > 0`, { q: filter.q });
    const [organizations, total] = await tx.manager.findAndCount(OrganizationEntity, {
      where:
        filter.q === undefined
          ? byIds
          : [
              { ...byIds, name: contains },
              { ...byIds, slug: contains },
            ],
      order: sort.field === 'id' ? { id: sort.direction } : { [sort.field]: sort.direction, id: 'asc' },
      take: limit,
      skip: offset,
    });
    return { items: organizations.map(toView), total };
  }

  async findOne(tx: Transaction, id: string): Promise<OrganizationView | null> {
    const organization = await tx.manager.findOneBy(OrganizationEntity, { id, deletedAt: IsNull() });
    return organization && toView(organization);
  }

  /** Locks the organization against other changes; calls are decided meanwhile. */
  async lock(tx: Transaction, id: string): Promise<OrganizationView | null> {
    const organization = await tx.manager.findOne(OrganizationEntity, {
      where: { id, deletedAt: IsNull() },
      lock: { mode: 'for_no_key_update' },
    });
    return organization && toView(organization);
  }

  /** @returns the id of the new organization */
  async insert(
    tx: Transaction,
    organization: { slug: string; name: string; timeZone: string } & Partial<OrganizationFields>,
  ): Promise<string> {
    const result = await tx.manager.insert(OrganizationEntity, { ...organization, kind: 'tenant' });
    return (result.identifiers[0] as { id: string }).id;
  }

  async update(tx: Transaction, id: string, changes: Partial<OrganizationFields>): Promise<void> {
    await tx.manager.update(OrganizationEntity, { id }, changes);
  }

  /** Names of agents that the setting "one number" would leave with more; a handful is enough. */
  async agentsWithSeveralNumbers(tx: Transaction, id: string): Promise<string[]> {
    const rows = await tx.query<{ name: string }>(AGENTS_WITH_SEVERAL_NUMBERS, [id]);
    return rows.map(({ name }) => name);
  }

  /** From the next midnight of the zone that counts now. */
  async changeTimeZone(tx: Transaction, id: string, timeZone: string): Promise<void> {
    await tx.query(CHANGE_TIME_ZONE, [id, timeZone]);
  }

  async setSuspended(tx: Transaction, id: string, suspended: boolean): Promise<void> {
    await tx.query('update organizations set suspended_at = case when $2 then now() end where id = $1', [
      id,
      suspended,
    ]);
  }

  /** Marks the organization as deleted and revokes its keys. Its slug stays taken: its records keep their owner. */
  async markDeleted(tx: Transaction, id: string): Promise<void> {
    const sql = `update organizations set deleted_at = now(), suspended_at = coalesce(suspended_at, now()) where id = $1`;
    await tx.query(sql, [id]);
    await revokeApiKeysOf(tx, id);
  }

  /** Fails with SQLSTATE 22023 when PostgreSQL does not know the zone. */
  async tryTimeZone(tx: Transaction, timeZone: string): Promise<void> {
    await tx.query('select now() at time zone $1', [timeZone]);
  }
}

function toView(entity: OrganizationEntity): OrganizationView {
  const { suspendedAt, deletedAt: _, previousTimeZone, timeZoneEffectiveAt, createdAt, updatedAt, ...fields } = entity;
  // A change that has taken effect is history; the row keeps it until the next one.
  const changeIsAhead = timeZoneEffectiveAt !== null && timeZoneEffectiveAt.getTime() > Date.now();
  return {
    ...fields,
    previousTimeZone: changeIsAhead ? previousTimeZone : null,
    timeZoneEffectiveAt: changeIsAhead ? timeZoneEffectiveAt.toISOString() : null,
    suspended: suspendedAt !== null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
