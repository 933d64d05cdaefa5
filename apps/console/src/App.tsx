import { QueryClient } from '@tanstack/react-query';
import { lazy } from 'react';
import { Admin, CustomRoutes, Resource } from 'react-admin';
import { Route } from 'react-router';
import { Dashboard } from './dashboard';
import { ConsoleLayout } from './layout/ConsoleLayout';
import { ConsoleNotification } from './layout/ConsoleNotification';
import { NotFoundPage } from './layout/NotFoundPage';
import { SignInPage } from './layout/SignInPage';
import { darkTheme, lightTheme } from './layout/themes';
import { authProvider } from './providers/authProvider';
import { dataProvider } from './providers/dataProvider';
import { i18nProvider } from './providers/i18nProvider';
import { agentAssignments } from './resources/agent-assignments';
import { agents } from './resources/agents';
import { apiKeys } from './resources/api-keys';
import { clients } from './resources/clients';
import { imports } from './resources/imports';
import { phoneNumbers } from './resources/phone-numbers';
import { users } from './resources/users';
import { may, type Permissions } from './shared/permissions';

const AuditPage = lazy(() => import('./resources/audit/AuditPage'));
const DecisionsPage = lazy(() => import('./resources/decisions/DecisionsPage'));
const UploadPage = lazy(() => import('./resources/imports/UploadPage'));
const InvitationPage = lazy(() => import('./layout/InvitationPage'));
const SettingsPage = lazy(() => import('./settings/SettingsPage'));

const TRIES = 3;

/** What the API refused, it refuses again: only what failed on the way, or on the server's side, is tried again. */
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => {
        const status = (error as { status?: number }).status;
        return failures < TRIES - 1 && (status === undefined || status === 0 || status >= 500);
      },
    },
  },
});

/** What a role may not do is not offered: its resource lacks the screen. */
export const App = () => (
  <Admin
    title="Ringfence"
    authProvider={authProvider}
    dataProvider={dataProvider}
    i18nProvider={i18nProvider}
    dashboard={Dashboard}
    layout={ConsoleLayout}
    notification={ConsoleNotification}
    loginPage={SignInPage}
    catchAll={NotFoundPage}
    queryClient={queryClient}
    theme={lightTheme}
    darkTheme={darkTheme}
    requireAuth
    disableTelemetry
  >
    <CustomRoutes noLayout>
      <Route path="/invitation/:token?" element={<InvitationPage />} />
    </CustomRoutes>
    {(permissions: Permissions) => [
      may(permissions, 'numbers:read') && (
        <Resource
          key="phone-numbers"
          name="phone-numbers"
          {...phoneNumbers}
          create={may(permissions, 'numbers:write') ? phoneNumbers.create : undefined}
          edit={may(permissions, 'numbers:write') ? phoneNumbers.edit : undefined}
        />
      ),
      <Resource key="agent-assignments" name="agent-assignments" {...agentAssignments} />,
      <Resource
        key="agents"
        name="agents"
        {...agents}
        create={may(permissions, 'agents:write') ? agents.create : undefined}
        edit={may(permissions, 'agents:write') ? agents.edit : undefined}
      />,
      may(permissions, 'numbers:read') && (
        <Resource
          key="clients"
          name="clients"
          {...clients}
          create={may(permissions, 'organization:write') ? clients.create : undefined}
          edit={may(permissions, 'organization:write') ? clients.edit : undefined}
        />
      ),
      may(permissions, 'calls:read') && (
        <CustomRoutes key="decisions">
          <Route path="/decisions" element={<DecisionsPage />} />
        </CustomRoutes>
      ),
      may(permissions, 'keys:manage') && <Resource key="api-keys" name="api-keys" {...apiKeys} />,
      may(permissions, 'users:manage') && <Resource key="users" name="users" {...users} />,
      may(permissions, 'numbers:write') && (
        <Resource key="imports" name="imports" {...imports}>
          <Route path=":id" element={<UploadPage />} />
        </Resource>
      ),
      may(permissions, 'audit:read') && (
        <CustomRoutes key="audit">
          <Route path="/audit" element={<AuditPage />} />
        </CustomRoutes>
      ),
      may(permissions, 'organization:write') && (
        <CustomRoutes key="settings">
          <Route path="/settings" element={<SettingsPage />} />
        </CustomRoutes>
      ),
    ]}
  </Admin>
);
