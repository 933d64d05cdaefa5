import PersonAddIcon from '@mui/icons-material/PersonAddOutlined';
import PersonRemoveIcon from '@mui/icons-material/PersonRemoveOutlined';
import { Box, Button, Stack, type Theme, Typography, useMediaQuery } from '@mui/material';
import { useState } from 'react';
import { Datagrid, DateField, FunctionField, List, TextField, TopToolbar, useGetIdentity } from 'react-admin';
import type { UserView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EditLink } from '../../shared/EditLink';
import { EmptyState } from '../../shared/EmptyState';
import { ListProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { RecordCards } from '../../shared/RecordCards';
import { useVerb } from '../../shared/useVerb';
import { InviteDialog } from './InviteDialog';
import { OpenInvitations } from './OpenInvitations';
import { roleOf } from './roleOf';

const UserActions = ({ user }: { user: UserView }) => {
  const { identity } = useGetIdentity();
  const [run, busy] = useVerb();
  return (
    <Stack direction="row" spacing={0.5} sx={{ justifyContent: { md: 'flex-end' }, ml: { xs: -0.75, md: 0 } }}>
      <EditLink id={user.id} name={user.name} />
      {identity?.id !== user.id && (
        <ConfirmButton
          label="Remove"
          description={`Remove ${user.name}`}
          color="error"
          icon={<PersonRemoveIcon />}
          title={`Remove ${user.name}?`}
          content="They are signed out at once and can no longer sign in to this organization."
          busy={busy}
          onConfirm={() =>
            void run((api) => api.delete('users', { id: user.id, previousData: user }), `${user.name} is removed`)
          }
        />
      )}
    </Stack>
  );
};

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const empty = <EmptyState title="No users here" hint="Invite the people who work with this organization." />;
  if (isSmall) {
    return (
      <RecordCards<UserView>
        empty={empty}
        render={(user) => (
          <>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1 }}>
              <Typography>{user.name}</Typography>
              <Typography variant="body2" sx={{ textAlign: 'right' }}>
                {roleOf(user)}
              </Typography>
            </Box>
            <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
              {user.email}
            </Typography>
            <UserActions user={user} />
          </>
        )}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <TextField source="name" />
      <TextField source="email" label="E-mail" />
      <FunctionField<UserView> source="role" render={roleOf} />
      <DateField source="createdAt" label="Member since" locales="en" options={{ dateStyle: 'medium' }} />
      <FunctionField<UserView> label="" textAlign="right" render={(user) => <UserActions user={user} />} />
    </Datagrid>
  );
};

const ListActions = () => {
  const [inviting, setInviting] = useState(false);
  return (
    <TopToolbar>
      <Button size="small" startIcon={<PersonAddIcon />} onClick={() => setInviting(true)}>
        Invite
      </Button>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </TopToolbar>
  );
};

const UserList = () => (
  <>
    <OpenInvitations />
    <MemberList />
  </>
);

const MemberList = () => (
  <List
    title={<PageTitle name="Users" />}
    actions={<ListActions />}
    sort={{ field: 'name', order: 'ASC' }}
    perPage={25}
    exporter={false}
    empty={false}
    error={<ListProblem />}
  >
    <Rows />
  </List>
);

export default UserList;
