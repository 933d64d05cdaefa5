import AssignmentIndIcon from '@mui/icons-material/AssignmentInd';
import BusinessIcon from '@mui/icons-material/BusinessOutlined';
import DialpadIcon from '@mui/icons-material/Dialpad';
import FactCheckIcon from '@mui/icons-material/FactCheckOutlined';
import GroupIcon from '@mui/icons-material/Group';
import HistoryIcon from '@mui/icons-material/History';
import InsightsIcon from '@mui/icons-material/Insights';
import KeyIcon from '@mui/icons-material/Key';
import SettingsIcon from '@mui/icons-material/SettingsOutlined';
import SupportAgentIcon from '@mui/icons-material/SupportAgent';
import UploadFileIcon from '@mui/icons-material/UploadFileOutlined';
import { Divider, Typography } from '@mui/material';
import type { ReactElement } from 'react';
import type { Permission } from '#contracts';
import { Menu, usePermissions, useSidebarState } from 'react-admin';
import { may, type Permissions } from '../shared/permissions';

interface Screen {
  to: string;
  label: string;
  icon: ReactElement;
  needs: Permission;
}

const groups: { heading: string; screens: Screen[] }[] = [
  {
    heading: 'Today',
    screens: [
      { to: '/', label: 'Dashboard', icon: <InsightsIcon />, needs: 'usage:read' },
      { to: '/decisions', label: 'Decisions', icon: <FactCheckIcon />, needs: 'calls:read' },
    ],
  },
  {
    heading: 'Calling',
    screens: [
      { to: '/phone-numbers', label: 'Phone Numbers', icon: <DialpadIcon />, needs: 'numbers:read' },
      { to: '/imports', label: 'Uploads', icon: <UploadFileIcon />, needs: 'numbers:write' },
      { to: '/agent-assignments', label: 'Assignments', icon: <AssignmentIndIcon />, needs: 'assignments:read' },
      { to: '/agents', label: 'Agents', icon: <SupportAgentIcon />, needs: 'agents:read' },
    ],
  },
  {
    heading: 'Organization',
    screens: [
      { to: '/clients', label: 'Clients', icon: <BusinessIcon />, needs: 'numbers:read' },
      { to: '/users', label: 'Users', icon: <GroupIcon />, needs: 'users:manage' },
      { to: '/api-keys', label: 'API Keys', icon: <KeyIcon />, needs: 'keys:manage' },
      { to: '/audit', label: 'Audit Log', icon: <HistoryIcon />, needs: 'audit:read' },
      { to: '/settings', label: 'Settings', icon: <SettingsIcon />, needs: 'organization:write' },
    ],
  },
];

const Heading = ({ children }: { children: string }) => {
  const [open] = useSidebarState();
  if (!open) return <Divider sx={{ my: 1, mx: 1.5 }} role="presentation" />;
  return (
    <Typography
      component="li"
      role="presentation"
      variant="caption"
      color="textSecondary"
      sx={{ px: 3, pt: 2, pb: 0.5, fontWeight: 600, letterSpacing: '0.04em' }}
    >
      {children}
    </Typography>
  );
};

/** The screens that the signed-in person may see, in groups. */
export const ConsoleMenu = () => {
  const { permissions } = usePermissions<Permissions>();
  return (
    <Menu>
      {groups.flatMap(({ heading, screens }) => {
        const open = screens.filter(({ needs }) => may(permissions, needs));
        return open.length === 0
          ? []
          : [
              <Heading key={heading}>{heading}</Heading>,
              ...open.map(({ to, label, icon }) => <Menu.Item key={to} to={to} primaryText={label} leftIcon={icon} />),
            ];
      })}
    </Menu>
  );
};
