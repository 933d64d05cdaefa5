import AddIcon from '@mui/icons-material/Add';
import { Box, Button, Chip, type Theme, useMediaQuery } from '@mui/material';
import { useState } from 'react';
import { Datagrid, DateField, FunctionField, List, SimpleList, TextField, TopToolbar } from 'react-admin';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EmptyState } from '../../shared/EmptyState';
import { useVerb } from '../../shared/useVerb';
import { CreateApiKeyDialog } from './CreateApiKeyDialog';

interface ApiKeyRecord {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

const Scopes = ({ scopes }: { scopes: string[] }) => (
  <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5 }}>
    {scopes.map((scope) => (
      <Chip key={scope} size="small" label={scope} />
    ))}
  </Box>
);

const Revoke = ({ apiKey }: { apiKey: ApiKeyRecord }) => {
  const [run, busy] = useVerb();
  if (apiKey.revokedAt) return <Chip size="small" variant="outlined" label="Revoked" />;
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
      <SimpleList<ApiKeyRecord>
        empty={empty}
        rowClick={false}
        primaryText={(key) => key.name}
        secondaryText={(key) => key.scopes.join(', ')}
        tertiaryText={(key) => <Revoke apiKey={key} />}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <TextField source="name" />
      <FunctionField<ApiKeyRecord> label="Begins with" render={(key) => <code>{key.prefix}…</code>} />
      <FunctionField<ApiKeyRecord> label="May" render={(key) => <Scopes scopes={key.scopes} />} />
      <DateField source="createdAt" label="Created" />
      <DateField source="lastUsedAt" label="Last used" showTime emptyText="never" />
      <FunctionField<ApiKeyRecord> label="" textAlign="right" render={(key) => <Revoke apiKey={key} />} />
    </Datagrid>
  );
};

const ApiKeyList = () => (
  <List
    title="API Keys"
    actions={<ListActions />}
    sort={{ field: 'createdAt', order: 'DESC' }}
    exporter={false}
    empty={false}
  >
    <Rows />
  </List>
);

export default ApiKeyList;
