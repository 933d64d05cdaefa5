import type { UserView } from '#contracts';

/** An owner is never limited: the clients that were chosen before the role was changed are left out. */
export const toUser = (form: Partial<UserView>): Partial<UserView> => ({
  ...form,
  clientIds: form.role === 'owner' ? null : (form.clientIds ?? null),
});
