/**
 * What lists of assignments, and the files that are made of them, can be asked. Not the order of limits or of today's
 * calls: every call changes the latter, so no index follows it, and a page would read the whole list.
 */
export const ASSIGNMENT_LIST_RULES = {
  sortable: ['agentName', 'phoneNumber', 'createdAt'],
  filterable: ['agentId', 'phoneNumberId', 'q', 'paused', 'provider'],
  defaultSort: { field: 'agentName', direction: 'asc' },
} as const;
