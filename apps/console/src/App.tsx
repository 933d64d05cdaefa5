import { Admin, Resource } from 'react-admin';
import { Dashboard } from './dashboard';
import { ConsoleLayout } from './layout/ConsoleLayout';
import { SignInPage } from './layout/SignInPage';
import { darkTheme, lightTheme } from './layout/themes';
import { authProvider } from './providers/authProvider';
import { dataProvider } from './providers/dataProvider';
import { agentAssignments } from './resources/agent-assignments';
import { agents } from './resources/agents';
import { apiKeys } from './resources/api-keys';
import { phoneNumbers } from './resources/phone-numbers';
import { may, type Permissions } from './shared/permissions';

/** What a role may not do is not offered: its resource lacks the screen. */
export const App = () => (
  <Admin
    title="Ringfence"
    authProvider={authProvider}
    dataProvider={dataProvider}
    dashboard={Dashboard}
    layout={ConsoleLayout}
    loginPage={SignInPage}
    theme={lightTheme}
    darkTheme={darkTheme}
    requireAuth
    disableTelemetry
  >
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
      may(permissions, 'keys:manage') && <Resource key="api-keys" name="api-keys" {...apiKeys} />,
    ]}
  </Admin>
);
