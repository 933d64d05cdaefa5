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
  logout: () => signOut().then(() => undefined),
  checkAuth: async () => {
    await required();
  },
  checkError: async (error: { status?: number }) => {
    if (error.status === 401) throw new Error('Your session has ended. Sign in again.');
  },
  getIdentity: async () => {
    const { user } = await required();
    return { id: user.id, fullName: user.name, organization: user.organization, role: user.role };
  },
  getPermissions: async () => (await required()).user.permissions,
};
