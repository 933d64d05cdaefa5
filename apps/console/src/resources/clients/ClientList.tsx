import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import { Link as StyledLink, Stack, type Theme, Typography, useMediaQuery } from '@mui/material';
import type { ReactElement } from 'react';
import { Datagrid, FunctionField, List, SearchInput, TextField, TopToolbar, useListContext } from 'react-admin';
import { Link } from 'react-router';
import type { ClientView } from '#contracts';
import { AddLink } from '../../shared/AddLink';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EditLink } from '../../shared/EditLink';
import { EmptyState } from '../../shared/EmptyState';
import { pluralize } from '../../shared/figures';
import { listLink } from '../../shared/listLink';
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

const Numbers = ({ client }: { client: ClientView }) => (
  <StyledLink component={Link} to={listLink('phone-numbers', { clientId: client.id })} underline="hover">
    {pluralize(client.numbers, 'number')}
  </StyledLink>
);

const Agents = ({ client }: { client: ClientView }) => (
  <StyledLink component={Link} to={listLink('agents', { clientId: client.id })} underline="hover">
    {pluralize(client.agents, 'agent')}
  </StyledLink>
);

const filters: ReactElement[] = [<SearchInput key="q" source="q" alwaysOn placeholder="Name" />];

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const { filterValues } = useListContext<ClientView>();
  const empty =
    Object.keys(filterValues as object).length > 0 ? (
      <EmptyState title="No client fits" hint="Search for another name." />
    ) : (
      <EmptyState title="No clients yet" hint="Numbers and agents may belong to a customer of yours." />
    );
  if (isSmall) {
    return (
      <RecordCards<ClientView>
        empty={empty}
        render={(client) => (
          <>
            <Typography>{client.name}</Typography>
            <Typography variant="body2" component="div">
              <Numbers client={client} /> · <Agents client={client} />
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
      <FunctionField<ClientView> label="Numbers" render={(client) => <Numbers client={client} />} />
      <FunctionField<ClientView> label="Agents" render={(client) => <Agents client={client} />} />
      <FunctionField<ClientView> label="" textAlign="right" render={(client) => <ClientActions client={client} />} />
    </Datagrid>
  );
};

const ListActions = () => <TopToolbar>{useMay('organization:write') && <AddLink label="Add client" />}</TopToolbar>;

const ClientList = () => (
  <List
    title={<PageTitle name="Clients" />}
    filters={filters}
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
