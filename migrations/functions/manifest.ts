/**
 * Every SQL function, each in the file `<area>/<function>.sql`, in the order in which they are made: what a function of
 * LANGUAGE sql calls stands before it, for PostgreSQL looks such a body over when it makes the function.
 */
export const sqlFunctions = [
  'shared/touch_updated_at',
  'usage/ringfence_clock',
  'usage/effective_time_zone',
  'usage/usage_day_ends_at',
  'ledger/lowest_id_of',
  'ledger/ledger_days',
  'ledger/due_ledger_days',
  'ledger/ledger_state',
  'ledger/make_ledger_day',
  'ledger/drop_ledger_day',
  'access/notify_api_key_change',
  'access/notify_membership_change',
  'access/notify_organization_removal',
  'access/notify_session_end',
  'access/notify_user_change',
  'audit/audit_event_text',
  'audit/refuse_audit_change',
  'audit/link_audit_events',
  'inventory/find_phone_numbers',
  'inventory/taken_numbers',
  'counters/count_phone_numbers',
  'counters/place_phone_numbers',
  'assignments/copy_agent_to_assignments',
  'assignments/copy_agents_to_numbers',
  'assignments/copy_assigned_agents',
  'assignments/copy_caller_facts',
  'assignments/copy_noted_agents',
  'assignments/copy_number_to_assignments',
  'assignments/copy_numbers_per_agent',
  'assignments/mark_sole_connection',
  'assignments/note_assigned_number',
  'settlement/authorization_status',
  'settlement/add_to_rolled_up_day',
  'settlement/correct_completion',
  'settlement/complete_authorization',
  'settlement/void_authorization',
  'settlement/give_back_authorization',
  'gate/gate_checks',
  'gate/gate_organizations',
  'gate/gate_facts',
  'gate/option_rank',
  'gate/gate_choose',
  'gate/gate_busy_calls',
  'gate/gate_callers',
  'gate/gate_claim_keys',
  'gate/gate_replays',
  'gate/gate_authorize',
] as const;

/**
 * Signatures of functions that no file makes any more, such as `gate_choose(uuid, text)`. A function whose arguments change
 * is a new overload beside the old one, which processes of the last release still hold prepared: its signature is entered
 * here one release later, and the next migration drops it.
 */
export const retiredFunctions: readonly string[] = [
  'complete_authorization(uuid, uuid, uuid, text, integer, smallint, text, numeric, text)',
  'gate_choose(integer[], uuid[], uuid[], text[], text[], text[], text[], uuid[], uuid[], interval)',
  'gate_choose(integer[], uuid[], uuid[], text[], integer[], integer[])',
  'option_rank(text, integer, integer)',
  'decide_call(text, boolean, boolean, boolean, boolean, text, text, text[], text[])',
];
