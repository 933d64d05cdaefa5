import { permissionsOfRole } from '#contracts';
import type { OperationExamples } from './add-examples.js';
import { KEY, ORGANIZATION, USER } from './ids.js';

const scopes = ['calls:authorize', 'calls:settle'];

const user = {
  id: USER,
  email: 'ops@example.com',
  name: 'Ada',
  role: 'manager',
  platformAdmin: false,
  organization: {
    id: ORGANIZATION,
    slug: 'acme',
    name: 'Acme',
    timeZone: 'America/New_York',
    currency: 'USD',
  },
  permissions: [...permissionsOfRole.manager],
};

export const accountExamples: Record<string, OperationExamples> = {
  signIn: {
    request: {
      password: {
        summary: 'With e-mail and password',
        value: { email: 'ops@example.com', password: 'a long phrase of your own' },
      },
    },
    responses: {
      200: {
        session: {
          summary: 'A session; its refresh token is in the cookie',
          value: { accessToken: 'eyJhbGciOiJIUzI1NiJ9.…', expiresIn: 900, user },
        },
      },
    },
  },
  getCurrentUser: { responses: { 200: { manager: { summary: 'A manager', value: user } } } },
  createApiKey: {
    request: { dialer: { summary: 'A key for a dialer', value: { name: 'Kamailio Frankfurt', scopes } } },
    responses: {
      201: {
        created: {
          summary: 'The key, which is shown this once',
          value: {
            id: KEY,
            name: 'Kamailio Frankfurt',
            prefix: 'rf_live_0000',
            scopes,
            status: 'active',
            createdBy: USER,
            createdByName: 'Ada',
            expiresAt: null,
            revokedAt: null,
            lastUsedAt: null,
            createdAt: '2026-11-02T09:00:00.000Z',
            key: 'rf_live_…',
          },
        },
      },
    },
  },
};
