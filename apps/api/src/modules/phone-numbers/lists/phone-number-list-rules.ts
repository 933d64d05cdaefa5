/** What lists of numbers, and the files that are made of them, can be asked. */
export const PHONE_NUMBER_LIST_RULES = {
  sortable: ['phoneNumber', 'createdAt', 'countryCode', 'provider', 'label', 'lifecycle', 'status', 'agentName'],
  filterable: [
    'q',
    'status',
    'lifecycle',
    'assignment',
    'countryCode',
    'region',
    'provider',
    'agentId',
    'clientId',
    'inPool',
    'tag',
    'label',
  ],
  defaultSort: { field: 'createdAt', direction: 'desc' },
} as const;
