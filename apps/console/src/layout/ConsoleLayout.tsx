import AssignmentIndIcon from '@mui/icons-material/AssignmentInd';
import DialpadIcon from '@mui/icons-material/Dialpad';
import GroupIcon from '@mui/icons-material/Group';
import InsightsIcon from '@mui/icons-material/Insights';
import KeyIcon from '@mui/icons-material/Key';
import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { AppBar, Layout, Menu, TitlePortal, useGetIdentity } from 'react-admin';
import { useMay } from '../shared/permissions';
import { Logo } from './Logo';

const OrganizationName = () => {
  const { identity } = useGetIdentity();
  const organization = identity?.['organization'] as { name: string } | undefined;
  return (
    <Typography variant="body2" noWrap sx={{ opacity: 0.8, display: { xs: 'none', sm: 'block' }, mr: 1 }}>
      {organization?.name}
    </Typography>
  );
};

const ConsoleAppBar = () => (
  <AppBar
    color="default"
    sx={{ bgcolor: 'background.paper', color: 'text.primary', borderBottom: 1, borderColor: 'divider' }}
  >
    <Box sx={{ display: { xs: 'none', sm: 'flex' }, alignItems: 'center', gap: 1, mr: 2, color: 'primary.main' }}>
      <Logo />
      <Typography variant="h6" component="span" sx={{ color: 'text.primary' }}>
        Ringfence
      </Typography>
    </Box>
    <TitlePortal variant="subtitle1" sx={{ color: 'text.secondary' }} />
    <OrganizationName />
  </AppBar>
);

const ConsoleMenu = () => {
  const seesUsage = useMay('usage:read');
  const seesNumbers = useMay('numbers:read');
  const managesKeys = useMay('keys:manage');
  return (
    <Menu sx={{ pt: 2 }}>
      {seesUsage && <Menu.Item to="/" primaryText="Dashboard" leftIcon={<InsightsIcon />} />}
      {seesNumbers && <Menu.Item to="/phone-numbers" primaryText="Phone Numbers" leftIcon={<DialpadIcon />} />}
      <Menu.Item to="/agent-assignments" primaryText="Assignments" leftIcon={<AssignmentIndIcon />} />
      <Menu.Item to="/agents" primaryText="Agents" leftIcon={<GroupIcon />} />
      {managesKeys && <Menu.Item to="/api-keys" primaryText="API Keys" leftIcon={<KeyIcon />} />}
    </Menu>
  );
};

export const ConsoleLayout = ({ children }: { children: ReactNode }) => (
  <Layout appBar={ConsoleAppBar} menu={ConsoleMenu} sx={{ '& .RaLayout-content': { pb: 6, px: { xs: 1.5, sm: 3 } } }}>
    {children}
  </Layout>
);
