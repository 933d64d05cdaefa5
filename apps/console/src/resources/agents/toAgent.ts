import type { AgentView } from '#contracts';

/** Only a human agent signs in: the user that was chosen before the kind was changed is left out. */
export const toAgent = (form: Partial<AgentView>): Partial<AgentView> =>
  form.kind === 'ai' ? { ...form, userId: null } : form;
