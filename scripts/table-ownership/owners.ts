import type { Ownership } from './ownership.js';

const VIEW = 'its views show names of the records that they refer to, read in one statement with the page';
const COUNTS = 'its views show how many records of theirs there are, counted in the statement of the page';
const CHUNK = 'a chunk of rows is taken by set-based statements in one transaction (ADR 10)';
const FIRST_OWNER = 'makes the first organization and its owner, before there is an API to ask';

/**
 * The one list of who owns which table. A module here is a folder of `apps/api/src/modules/`, a part of the platform, or a
 * script. A new table is entered with its owner; the owner is the only one that writes it.
 */
export const OWNERSHIP: Ownership = {
  owners: {
    agent_phone_numbers: 'agent-assignments',
    agents: 'agents',
    api_keys: 'auth',
    audit_chain_heads: 'audit',
    audit_events: 'audit',
    call_authorizations: 'call-gate',
    clients: 'clients',
    idempotency_keys: 'call-gate',
    import_changes: 'imports',
    import_file_pieces: 'imports',
    import_jobs: 'imports',
    import_rows: 'imports',
    invitations: 'auth',
    job_claims: 'platform/jobs',
    memberships: 'auth',
    organizations: 'organizations',
    outbox_events: 'platform/events',
    phone_number_counts: 'phone-numbers',
    phone_number_places: 'phone-numbers',
    phone_numbers: 'phone-numbers',
    // Nothing writes these two yet: carriers' accounts and their trunks are entered by the module that comes for them.
    provider_accounts: 'providers',
    trunks: 'providers',
    refresh_tokens: 'auth',
    sessions: 'auth',
    sign_in_counters: 'auth',
    settlement_corrections: 'call-gate',
    sql_functions: 'migrations',
    usage_daily: 'usage',
    users: 'auth',
  },

  areas: {
    access: 'auth',
    assignments: 'agent-assignments',
    audit: 'audit',
    counters: 'phone-numbers',
    gate: 'call-gate',
    inventory: 'phone-numbers',
    ledger: 'call-gate',
    settlement: 'call-gate',
    shared: 'platform/database',
    usage: 'usage',
  },

  runtimeNames: {
    'apps/api/src/modules/phone-numbers/inventory/sql/register-phone-numbers.sql.ts':
      'the rows to register lie in a temporary table of the caller, who says its name',
  },

  foreignWrites: {
    'agent-assignments phone_numbers':
      'triggers keep copies of the assigned agent and of one-number organizations there, so that lists read one table',
    'call-gate agent_phone_numbers': 'a call is counted on the row that its decision holds locked (ADR 8)',
    'call-gate usage_daily':
      'a counter of an earlier day is archived where it is found, and a void is noted (ADR 6, ADR 7)',
    'usage agent_phone_numbers': 'a counter is set back in the statement that archives what it held (ADR 6)',
    'usage organizations': 'last_rollup_date is the mark of the roll-up, moved in its transaction under its lock',
    'imports agent_phone_numbers': CHUNK,
    'imports phone_numbers': CHUNK,
    'scripts/create-admin audit_events': FIRST_OWNER,
    'scripts/create-admin memberships': FIRST_OWNER,
    'scripts/create-admin organizations': FIRST_OWNER,
    'scripts/create-admin users': FIRST_OWNER,
  },

  foreignReads: {
    'agent-assignments': {
      agents: VIEW,
      organizations: 'an organization says whether an agent has one number, and which countries are allowed by default',
      phone_number_counts: 'lists of assignments are paged along the counts of numbers (ADR 11)',
      phone_number_places: 'lists of assignments are paged along the places of numbers (ADR 11)',
    },
    agents: {
      agent_phone_numbers: VIEW,
      clients: VIEW,
      memberships: 'an agent is tied to a member of the organization only',
      organizations: 'its views tell what the setting for numbers of an agent means for each agent',
      phone_numbers: VIEW,
      users: VIEW,
    },
    audit: {
      users:
        'an event of an account names its e-mail, by the statement that runs for accounts that are not there (ADR 15)',
    },
    'audit-trail': {
      agent_phone_numbers: VIEW,
      agents: VIEW,
      api_keys: VIEW,
      audit_events:
        'it is the reading side of the audit log, innermost writing kept apart so that every module may record',
      clients: VIEW,
      import_changes: 'the timeline of a number names the imports that changed it, which leave one event each',
      import_jobs: VIEW,
      invitations: VIEW,
      organizations: VIEW,
      phone_numbers: VIEW,
      users: VIEW,
    },
    auth: {
      clients:
        'members may be limited to clients of the organization, which are checked in the statement that limits them',
      organizations: 'who may act depends on whether the organization is suspended or deleted, read with each look-up',
    },
    'call-gate': {
      agents: 'facts of a decision are read in one statement (ADR 8)',
      organizations: 'facts of a decision are read in one statement (ADR 8)',
      phone_numbers: 'facts of a decision are read in one statement (ADR 8)',
    },
    clients: { agents: COUNTS, phone_numbers: COUNTS },
    imports: {
      agents: 'rows name agents, found set-based for a chunk at a time (ADR 10)',
      call_authorizations: 'an import is taken back only while none of its numbers was called from',
      clients: 'rows name clients, found set-based for a chunk at a time (ADR 10)',
      organizations: 'rows are checked against the settings of the organization, for a chunk at a time (ADR 10)',
    },
    organizations: {
      agent_phone_numbers: 'one number per agent can be chosen only where no agent has several',
      agents: 'one number per agent can be chosen only where no agent has several',
      phone_numbers: 'one number per agent can be chosen only where no agent answers several',
    },
    'phone-numbers': {
      agent_phone_numbers: 'lists by assignment or by agent read the assignments of the page (ADR 11)',
      agents: VIEW,
      clients: VIEW,
      organizations: 'the quota of the pool is a setting of the organization, whose row is the lock of its claims',
      provider_accounts: VIEW,
      trunks: VIEW,
    },
    'platform/health': { sql_functions: 'readiness compares what the database was given with the files' },
    'scripts/audit-verify': { organizations: 'walks the chains of all organizations' },
    usage: {
      agents: VIEW,
      call_authorizations: 'a day is rolled up from the ledger (ADR 6)',
      phone_numbers: VIEW,
    },
  },
};
