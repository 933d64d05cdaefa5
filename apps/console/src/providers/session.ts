import type { InvitationPreviewView, Problem, SessionUserView } from '#contracts';

/**
 * The session of this tab. The access token lives in memory only, so that no script or disk ever holds it longer than
 * the page; the refresh token is a cookie that scripts cannot read.
 */
interface Session {
  accessToken: string;
  user: SessionUserView;
}

const API = '/api/v1';

/** Whether this browser signed in before. Without it there is no cookie to ask the server about. */
const HINT = 'ringfence.signed-in';

let session: Session | null = null;
let refreshing: Promise<Session | null> | null = null;

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly body: Partial<Problem>,
  ) {
    super(body.message ?? `The server answered ${status}`);
  }
}

export const currentSession = (): Session | null => session;

export async function signIn(email: string, password: string): Promise<Session> {
  session = await post<Session>('/auth/login', { email, password });
  localStorage.setItem(HINT, 'yes');
  return session;
}

export const previewInvitation = (token: string) => post<InvitationPreviewView>('/invitations/preview', { token });

export interface Acceptance {
  token: string;
  name?: string;
  password?: string;
}

/** Accepts an invitation: as who is signed in when it names neither name nor password. Then the session is the new one. */
export async function acceptInvitation(acceptance: Acceptance): Promise<void> {
  const isSignedIn = acceptance.password === undefined;
  session = isSignedIn
    ? await sendJson<Session>('POST', '/invitations/accept', acceptance)
    : await post<Session>('/invitations/accept', acceptance);
  localStorage.setItem(HINT, 'yes');
}

export async function changeOwnName(name: string): Promise<void> {
  const user = await sendJson<SessionUserView>('PUT', '/auth/me', { name });
  if (session !== null) session = { ...session, user };
}

export const changeOwnPassword = (currentPassword: string, newPassword: string) =>
  sendJson<undefined>('POST', '/auth/password', { currentPassword, newPassword });

export async function signOut(): Promise<void> {
  const wasSignedIn = localStorage.getItem(HINT) !== null;
  session = null;
  localStorage.removeItem(HINT);
  if (wasSignedIn) await post('/auth/logout', {}).catch(() => undefined);
}

/** Continues the session of the cookie; null when there is none. Callers at the same time share one request. */
export function refreshSession(): Promise<Session | null> {
  if (localStorage.getItem(HINT) === null) return Promise.resolve(null);
  refreshing ??= post<Session>('/auth/refresh', {})
    .then(
      (renewed) => (session = renewed),
      (error: unknown) => {
        if (!(error instanceof ApiProblem) || error.status >= 500) throw error;
        session = null;
        localStorage.removeItem(HINT);
        return null;
      },
    )
    .finally(() => (refreshing = null));
  return refreshing;
}

/** Calls the API as the signed-in user: a path, or the request of the generated client. An access token that has run out is renewed once. */
export async function callApi(path: string | Request, init: RequestInit = {}): Promise<Response> {
  if (session === null) await refreshSession();
  const used = session?.accessToken;
  let response = await send(path, init);
  if (response.status === 401 && (await renewed(used))) response = await send(path, init);
  if (!response.ok) throw new ApiProblem(response.status, await readProblem(response));
  return response;
}

/** Whether there is another token than the one that was refused: another request may have renewed it meanwhile. */
async function renewed(refused: string | undefined): Promise<boolean> {
  if (session !== null && session.accessToken !== refused) return true;
  return (await refreshSession()) !== null;
}

function send(path: string | Request, init: RequestInit): Promise<Response> {
  const headers = new Headers(path instanceof Request ? path.headers : init.headers);
  headers.set('accept', 'application/json');
  if (session !== null) headers.set('authorization', `Bearer ${session.accessToken}`);
  // A copy, because it may be sent again and a request's body is read once.
  if (path instanceof Request) return fetch(path.clone(), { headers });
  return fetch(path.startsWith(API) ? path : API + path, { ...init, headers });
}

async function sendJson<T>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await callApi(path, { method, headers, body: JSON.stringify(body) });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(API + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    credentials: 'same-origin',
  });
  if (!response.ok) throw new ApiProblem(response.status, await readProblem(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function readProblem(response: Response): Promise<Partial<Problem>> {
  try {
    return (await response.json()) as Partial<Problem>;
  } catch {
    return { message: `The server cannot be reached properly (${response.status}). Try again.` };
  }
}
