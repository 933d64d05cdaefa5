import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import { Stack, type Theme, Typography, useMediaQuery } from '@mui/material';
import { Datagrid, FunctionField, List, NumberField, TextField, TopToolbar } from 'react-admin';
import type { ClientView } from '#contracts';
import { AddLink } from '../../shared/AddLink';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EditLink } from '../../shared/EditLink';
import { EmptyState } from '../../shared/EmptyState';
import { ListProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { useMay } from '../../shared/permissions';
import { RecordCards } from '../../shared/RecordCards';
import { useVerb } from '../../shared/useVerb';

const ClientActions = ({ client }: { client: ClientView }) => {
  const writes = useMay('organization:write');
  const [run, busy] = useVerb();
  if (!writes) return null;
  return (
    <Stack direction="row" spacing={0.5} sx={{ justifyContent: { md: 'flex-end' }, ml: { xs: -0.75, md: 0 } }}>
      <EditLink id={client.id} name={client.name} />
      <ConfirmButton
        label="Delete"
        description={`Delete ${client.name}`}
        color="error"
        icon={<DeleteIcon />}
        title={`Delete ${client.name}?`}
        content="Nobody calls from the client's numbers any more: your own are archived, those of the pool go back there. Its agents stay with you."
        busy={busy}
        onConfirm={() =>
          void run((api) => api.delete('clients', { id: client.id, previousData: client }), `${client.name} is deleted`)
        }
      />
    </Stack>
  );
};

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const empty = <EmptyState title="No clients yet" hint="Numbers and agents may belong to a customer of yours." />;
  if (isSmall) {
    return (
      <RecordCards<ClientView>
        empty={empty}
        render={(client) => (
          <>
            <Typography>{client.name}</Typography>
            <Typography variant="body2" color="textSecondary">
              {client.numbers} numbers · {client.agents} agents
            </Typography>
            <ClientActions client={client} />
          </>
        )}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <TextField source="name" />
      <NumberField source="numbers" sortable={false} />
      <NumberField source="agents" sortable={false} />
      <FunctionField<ClientView> label="" textAlign="right" render={(client) => <ClientActions client={client} />} />
    </Datagrid>
  );
};

const ListActions = () => <TopToolbar>{useMay('organization:write') && <AddLink label="Add client" />}</TopToolbar>;

const ClientList = () => (
  <List
    title={<PageTitle name="Clients" />}
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

export default ClientList;
