import type { AuthProvider } from 'react-admin';
import { currentSession, refreshSession, signIn, signOut } from './session';

const required = async () => {
  const session = currentSession() ?? (await refreshSession());
  if (session === null) throw new Error('Sign in to go on.');
  return session;
};

export const authProvider: AuthProvider = {
  login: async ({ username, password }: { username: string; password: string }) => {
    await signIn(username, password);
  },
  /**
   * react-admin asks again as long as the sign-in page is not there, and each answer starts the way to it anew: the screen
   * stayed blank for seconds. Whoever is on the way already gets no second answer.
   */
  logout: () =>
    window.location.hash.startsWith('#/login') ? new Promise<never>(() => undefined) : signOut().then(() => undefined),
  checkAuth: async () => {
    await required();
  },
  checkError: async (error: { status?: number }) => {
    if (error.status === 401) throw new Error('Your session has ended. Sign in again.');
  },
  getIdentity: async () => {
    const { user } = await required();
    return {
      id: user.id,
      fullName: user.name,
      organization: user.organization,
      role: user.role,
      platformAdmin: user.platformAdmin,
    };
  },
  /** Without a session there are none. An error would be tried again for seconds before the sign-in page shows. */
  getPermissions: async () => (currentSession() ?? (await refreshSession()))?.user.permissions ?? [],
};
