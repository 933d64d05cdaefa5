import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OrganizationRemovalListeners } from '../../organizations/organizations.public.js';
import { CANCEL_ALL_IMPORTS } from './sql/import-jobs.sql.js';

/** The imports of a deleted organization end: those that wait at once, the one that is worked on after its chunk. */
@Injectable()
export class CancelImportsOfRemovedOrganizations implements OnModuleInit {
  constructor(private readonly removals: OrganizationRemovalListeners) {}

  onModuleInit(): void {
    this.removals.register(async (tx, { organizationId }) => {
      const canceled = await tx.query(CANCEL_ALL_IMPORTS, [organizationId]);
      return { importsCanceled: canceled.length };
    });
  }
}
