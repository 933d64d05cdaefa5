/** The groups of operations in the order of the page. Every controller names one of them in `@ApiTags`. */
export const tags = {
  'Call gate': 'Decides before every outbound call whether it may be placed, records how it went, and keeps the log.',
  'Phone numbers': 'The numbers that agents call from, and the pool that they come from.',
  Imports: 'Uploads of phone numbers: how far each one is, what it did not take, and taking it back.',
  Agents: 'Who calls: people and voice agents.',
  'Agent assignments': 'Which agent may call from which number, how often a day and where to.',
  Usage: 'What was called, by day, agent, number and country.',
  Clients: 'For whom an agency calls. Numbers and agents belong to a client or to none.',
  Organizations: 'The tenant, its settings and its defaults; all of them for administrators of the platform.',
  Sessions: 'Sign in and out, and the own account.',
  'API keys': 'Keys for dialers and scripts. Each carries scopes, which are permissions.',
  Users: 'The members of the organization and what they may do.',
  Invitations: 'How somebody becomes a member: a link by e-mail or by hand.',
  Audit: 'Who changed what and when, in a chain of hashes.',
  Operations: 'Whether the process and its database are well. For machines inside of the network.',
} as const satisfies Record<string, string>;
