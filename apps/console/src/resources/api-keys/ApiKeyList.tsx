import AddIcon from '@mui/icons-material/Add';
import { Box, Button, Chip, type Theme, Tooltip, Typography, useMediaQuery } from '@mui/material';
import { useState } from 'react';
import { Datagrid, DateField, FunctionField, List, TextField, TopToolbar } from 'react-admin';
import { type ApiKeyView, permissions } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EmptyState } from '../../shared/EmptyState';
import { ListProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { RecordCards } from '../../shared/RecordCards';
import { StateChip } from '../../shared/StateChip';
import { useVerb } from '../../shared/useVerb';
import { CreateApiKeyDialog } from './CreateApiKeyDialog';

const Scopes = ({ scopes }: Pick<ApiKeyView, 'scopes'>) => (
  <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5 }}>
    {scopes.map((scope) => (
      <Tooltip key={scope} title={permissions[scope]}>
        <Chip size="small" label={scope} />
      </Tooltip>
    ))}
  </Box>
);

const Revoke = ({ apiKey }: { apiKey: ApiKeyView }) => {
  const [run, busy] = useVerb();
  if (apiKey.status === 'revoked') return <StateChip label="Revoked" color="default" />;
  if (apiKey.status === 'expired') return <StateChip label="Expired" color="warning" />;
  return (
    <ConfirmButton
      label="Revoke"
      description={`Revoke ${apiKey.name}`}
      color="error"
      title={`Revoke ${apiKey.name}?`}
      content="Whoever uses this key is refused within a second. A revoked key cannot be brought back."
      busy={busy}
      onConfirm={() =>
        void run((api) => api.delete('api-keys', { id: apiKey.id, previousData: apiKey }), `${apiKey.name} is revoked`)
      }
    />
  );
};

const ListActions = () => {
  const [creating, setCreating] = useState(false);
  return (
    <TopToolbar>
      <Button size="small" startIcon={<AddIcon />} onClick={() => setCreating(true)}>
        Create key
      </Button>
      {creating && <CreateApiKeyDialog onClose={() => setCreating(false)} />}
    </TopToolbar>
  );
};

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const empty = <EmptyState title="No keys yet" hint="A dialer needs a key to ask the call gate. Create one." />;
  if (isSmall) {
    return (
      <RecordCards<ApiKeyView>
        empty={empty}
        render={(key) => (
          <>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1 }}>
              <Typography sx={{ overflowWrap: 'anywhere' }}>{key.name}</Typography>
              <Revoke apiKey={key} />
            </Box>
            <Typography variant="body2" component="p" color="textSecondary" gutterBottom>
              <code>{key.prefix}…</code>
            </Typography>
            <Scopes scopes={key.scopes} />
          </>
        )}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <TextField source="name" />
      <FunctionField<ApiKeyView> label="Begins with" render={(key) => <code>{key.prefix}…</code>} />
      <FunctionField<ApiKeyView> label="Scopes" render={(key) => <Scopes scopes={key.scopes} />} />
      <FunctionField<ApiKeyView> label="Made by" render={(key) => key.createdByName ?? '–'} />
      <DateField source="createdAt" label="Created" locales="en" options={{ dateStyle: 'medium' }} />
      <DateField
        source="lastUsedAt"
        label="Last used"
        showTime
        locales="en"
        options={{ dateStyle: 'medium', timeStyle: 'short' }}
        emptyText="never"
      />
      <FunctionField<ApiKeyView> label="" textAlign="right" render={(key) => <Revoke apiKey={key} />} />
    </Datagrid>
  );
};

const ApiKeyList = () => (
  <List
    title={<PageTitle name="API Keys" />}
    actions={<ListActions />}
    sort={{ field: 'createdAt', order: 'DESC' }}
    perPage={25}
    exporter={false}
    empty={false}
    error={<ListProblem />}
  >
    <Rows />
  </List>
);

export default ApiKeyList;
