/** Every column of the table, also those that come later. */
export const ALL = 'all';

/** Columns, separated by spaces and in the order of their names. */
type Columns = string;

export type Privileges = Partial<Record<'select' | 'insert' | 'update' | 'delete', typeof ALL | Columns>>;

/** Tables of the schema, the roles that reach them, and what each may do. A new table, and a new column of a list, is entered here. */
export const GRANTS: Record<string, Record<string, Privileges>> = {
  agent_phone_numbers: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: `
        agent_active allowed_countries allowed_number_types calls_made_today counter_reset_at daily_limit
        ended_at from_number last_reset_date number_active number_can_call paused_at platform platform_number_id
        provider sole`,
    },
    ringfence_system: {
      select: ALL,
      update: 'calls_made_today last_reset_date sole',
    },
  },
  agents: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: 'client_id deleted_at external_id kind name status updated_at user_id',
    },
    ringfence_system: {
      select: 'id name organization_id',
    },
  },
  api_keys: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: 'name revoked_at',
    },
    ringfence_system: {
      select: ALL,
      update: 'last_used_at',
    },
  },
  audit_chain_heads: {
    ringfence_app: {
      select: ALL,
    },
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: 'hash sequence',
    },
  },
  audit_events: {
    ringfence_app: {
      select: ALL,
      insert: `
        action actor_id actor_kind actor_label changes organization_id related_ids request_id subject_id
        subject_type`,
    },
    ringfence_system: {
      select: ALL,
      insert: `
        action actor_id actor_kind actor_label changes organization_id related_ids request_id subject_id
        subject_type`,
      update: 'hash previous_hash sequence',
    },
  },
  call_authorizations: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: `
        correction_count cost currency disposition duration_seconds external_call_id settled_at settled_by sip_code
        status void_reason`,
    },
    ringfence_system: {
      select: ALL,
    },
  },
  clients: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: 'archived_at name',
    },
    ringfence_system: {
      select: 'archived_at id organization_id',
    },
  },
  idempotency_keys: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: 'replayed_at',
    },
    ringfence_system: {
      select: ALL,
      delete: ALL,
    },
  },
  import_changes: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
    },
  },
  import_file_pieces: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      delete: ALL,
    },
  },
  import_jobs: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: `
        attempts cancel_requested_at created deleted encoding failed failure file_bytes finished_at notice_count
        processed received_at repaired skipped started_at status total unassigned undone_at updated`,
      delete: ALL,
    },
    ringfence_system: {
      select: ALL,
    },
  },
  import_rows: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
    },
  },
  invitations: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: 'expires_at invited_by revoked_at token_hash',
    },
    ringfence_system: {
      select: ALL,
      update: 'accepted_at accepted_by revoked_at',
    },
  },
  job_claims: {
    ringfence_system: {
      select: ALL,
      insert: 'name',
      update: 'due_at failures last_error leased_until run_id started_at succeeded_at',
    },
  },
  memberships: {
    ringfence_app: {
      select: ALL,
    },
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: 'client_ids role',
      delete: ALL,
    },
  },
  migrations: {
    ringfence_system: {
      select: ALL,
    },
  },
  organizations: {
    ringfence_app: {
      select: ALL,
      update: `
        currency default_allowed_countries default_daily_limit deleted_at name numbers_per_agent
        previous_time_zone suspended_at time_zone time_zone_effective_at updated_at`,
    },
    ringfence_definer: {
      select: 'id last_rollup_date',
    },
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: `
        currency default_allowed_countries default_daily_limit last_rollup_date name numbers_per_agent
        pool_quota previous_time_zone suspended_at time_zone time_zone_effective_at updated_at`,
    },
  },
  outbox_events: {
    ringfence_app: {
      insert: 'consumer organization_id payload subject_id type',
    },
    ringfence_system: {
      select: ALL,
      insert: 'consumer organization_id payload subject_id type',
      update: 'attempts dead_at delivered_at due_at last_error',
      delete: ALL,
    },
  },
  phone_number_counts: {
    ringfence_app: {
      select: ALL,
    },
    ringfence_definer: {
      select: ALL,
      insert: ALL,
      update: ALL,
      delete: ALL,
    },
  },
  phone_number_places: {
    ringfence_app: {
      select: ALL,
    },
    ringfence_definer: {
      select: ALL,
      insert: ALL,
      update: ALL,
      delete: ALL,
    },
  },
  phone_numbers: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: `
        assigned_agent_id capabilities claimed_from client_id country_code currency inbound_agent_id label
        lifecycle metadata monthly_cost number_type organization_id platform platform_id previous_webhook
        provider provider_account_id region reserved_by reserved_until sole_connection source tags
        trunk_id updated_at webhook_status webhook_url`,
      delete: ALL,
    },
    ringfence_definer: {
      select: 'e164 id label lifecycle organization_id tags',
    },
    ringfence_system: {
      select: 'claimed_from e164 id inbound_agent_id lifecycle organization_id',
      update: 'sole_connection',
    },
  },
  provider_accounts: {
    ringfence_app: {
      select: 'id organization_id',
    },
  },
  refresh_tokens: {
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: 'replaced_at successor_salt',
      delete: ALL,
    },
  },
  sessions: {
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: 'ended_at ended_reason expires_at',
      delete: ALL,
    },
  },
  settlement_corrections: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
    },
  },
  sql_functions: {
    ringfence_system: {
      select: ALL,
    },
  },
  sign_in_counters: {
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: ALL,
      delete: ALL,
    },
  },
  trunks: {
    ringfence_app: {
      select: 'id organization_id',
    },
  },
  usage_daily: {
    ringfence_app: {
      select: ALL,
      insert: ALL,
      update: 'allowed_by_country calls_allowed calls_completed calls_voided duration_seconds',
    },
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: 'allowed_by_country calls_allowed calls_completed calls_denied denied_by_reason duration_seconds',
    },
  },
  users: {
    ringfence_app: {
      select: 'created_at email id name updated_at',
    },
    ringfence_system: {
      select: ALL,
      insert: ALL,
      update: 'disabled_at name password_hash',
    },
  },
};

/** Tables without row-level security: they hold nothing of an organization or of a person. */
export const UNFENCED = ['migrations', 'sql_functions'];

/** Functions that run with the rights of `ringfence_definer`, and who may call them. No role may call a trigger function. */
export const DEFINER_FUNCTIONS: Record<string, string[]> = {
  'count_phone_numbers()': [],
  'drop_ledger_day(date)': ['ringfence_system'],
  'due_ledger_days(integer)': ['ringfence_system'],
  'find_phone_numbers(uuid,text[],text,text,text,integer)': ['ringfence_app'],
  'ledger_state()': ['ringfence_system'],
  'make_ledger_day(date,integer)': ['ringfence_system'],
  'place_phone_numbers()': [],
  'taken_numbers(text[])': ['ringfence_app'],
};

/** Tables whose rows the system role sees for every organization; what it may do with them stands above. */
const OF_THE_SYSTEM = [
  'agent_phone_numbers',
  'agents',
  'api_keys',
  'audit_chain_heads',
  'audit_events',
  'call_authorizations',
  'clients',
  'idempotency_keys',
  'import_jobs',
  'invitations',
  'job_claims',
  'memberships',
  'organizations',
  'outbox_events',
  'phone_numbers',
  'refresh_tokens',
  'sessions',
  'sign_in_counters',
  'usage_daily',
  'users',
];
const COUNTERS = ['phone_number_counts', 'phone_number_places'];
const WITHOUT_ORGANIZATION_POLICY = [
  'job_claims',
  'migrations',
  'refresh_tokens',
  'sessions',
  'sign_in_counters',
  'sql_functions',
  'users',
];

/** Policies by name: the tables they stand on, and the role that they are for. */
export const POLICIES: Record<string, string[]> = {
  own_organization: Object.keys(GRANTS)
    .filter((table) => !WITHOUT_ORGANIZATION_POLICY.includes(table))
    .map((table) => `${table} to ringfence_app`)
    .sort(),
  every_organization: [
    ...OF_THE_SYSTEM.map((table) => `${table} to ringfence_system`),
    ...COUNTERS.map((table) => `${table} to ringfence_definer`),
  ].sort(),
  readable_by_all: [...COUNTERS, 'phone_numbers'].map((table) => `${table} to ringfence_app`),
  members_of_own_organization: ['users to ringfence_app'],
  counted_for_all: ['phone_numbers to ringfence_definer'],
  kept_in_days: ['call_authorizations to ringfence_definer', 'settlement_corrections to ringfence_definer'],
  rolled_up_days: ['organizations to ringfence_definer'],
};
