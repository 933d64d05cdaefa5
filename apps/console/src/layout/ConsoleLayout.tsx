import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { AppBar, Layout, TitlePortal, useGetIdentity } from 'react-admin';
import { ConsoleMenu } from './ConsoleMenu';
import { ConsoleSidebar } from './ConsoleSidebar';
import { ConsoleUserMenu } from './ConsoleUserMenu';
import { Logo } from './Logo';

const OrganizationName = () => {
  const { identity } = useGetIdentity();
  const organization = identity?.['organization'] as { name: string } | undefined;
  return (
    <Typography variant="body2" color="textSecondary" noWrap sx={{ display: { xs: 'none', sm: 'block' }, mr: 1 }}>
      {organization?.name}
    </Typography>
  );
};

const ConsoleAppBar = () => (
  <AppBar
    userMenu={<ConsoleUserMenu />}
    color="default"
    sx={{ '&&': { bgcolor: 'background.paper' }, color: 'text.primary', borderBottom: 1, borderColor: 'divider' }}
  >
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mr: { xs: 1, sm: 2 }, color: 'primary.main' }}>
      <Logo />
      <Typography
        variant="h6"
        component="span"
        sx={{ color: 'text.primary', fontSize: '1.2rem', display: { xs: 'none', sm: 'inline' } }}
      >
        Ringfence
      </Typography>
    </Box>
    <TitlePortal variant="subtitle1" component="h1" sx={{ color: 'text.secondary', minWidth: 0 }} />
    <OrganizationName />
  </AppBar>
);

export const ConsoleLayout = ({ children }: { children: ReactNode }) => (
  <Layout
    appBar={ConsoleAppBar}
    menu={ConsoleMenu}
    sidebar={ConsoleSidebar}
    // As wide as the screen, however wide a table in it is: that scrolls by itself.
    sx={{
      '&&, & .RaLayout-appFrame, & .RaLayout-contentWithSidebar, & .RaLayout-content': { minWidth: 0 },
      '& .RaList-main': { minWidth: 0 },
      '& .RaDatagrid-tableWrapper': { overflowX: 'auto' },
      '& .RaLayout-content': { pb: 6, px: { xs: 1.5, sm: 3 } },
    }}
  >
    {children}
  </Layout>
);
