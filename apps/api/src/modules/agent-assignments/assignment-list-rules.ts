/** What lists of assignments, and the files that are made of them, can be asked. */
export const ASSIGNMENT_LIST_RULES = {
  sortable: ['agentName', 'phoneNumber', 'dailyLimit', 'callsMadeToday', 'createdAt'],
  filterable: ['agentId', 'phoneNumberId', 'q', 'paused', 'provider'],
  defaultSort: { field: 'agentName', direction: 'asc' },
} as const;
