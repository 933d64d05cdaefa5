import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import { Box, Stack, type Theme, Typography, useMediaQuery } from '@mui/material';
import type { ReactElement } from 'react';
import {
  Datagrid,
  FilterButton,
  FunctionField,
  List,
  SearchInput,
  SelectInput,
  TopToolbar,
  useListContext,
} from 'react-admin';
import { agentStatuses, type AgentView } from '#contracts';
import { AddLink } from '../../shared/AddLink';
import { AgentLink } from '../../shared/AgentLink';
import { AgentName } from '../../shared/AgentName';
import { clientFilter } from '../../shared/ClientInput';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EditLink } from '../../shared/EditLink';
import { EmptyState } from '../../shared/EmptyState';
import { pluralize } from '../../shared/figures';
import { agentStatusLabels, choicesOf, kindLabels } from '../../shared/labels';
import { ListProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { useMay } from '../../shared/permissions';
import { RecordCards } from '../../shared/RecordCards';
import { StateChip } from '../../shared/StateChip';
import { UsageBar } from '../../shared/UsageBar';
import { useVerb } from '../../shared/useVerb';

const filters: ReactElement[] = [
  <SearchInput key="q" source="q" alwaysOn placeholder="Name" />,
  <SelectInput key="kind" source="kind" alwaysOn choices={choicesOf(kindLabels)} />,
  <SelectInput key="status" source="status" alwaysOn choices={choicesOf(agentStatusLabels, agentStatuses)} />,
  clientFilter,
];

const Status = ({ agent }: { agent: AgentView }) =>
  agent.status === 'active' ? (
    <StateChip label="Active" color="success" />
  ) : (
    <StateChip label="Inactive" color="default" />
  );

const AgentActions = ({ agent }: { agent: AgentView }) => {
  const [run, busy] = useVerb();
  if (!useMay('agents:write')) return null;
  const numbers =
    agent.numbersAssigned === 1 ? 'Its number becomes' : `Its ${pluralize(agent.numbersAssigned, 'number')} become`;
  return (
    <Stack direction="row" spacing={0.5} sx={{ justifyContent: { md: 'flex-end' }, ml: { xs: -0.75, md: 0 } }}>
      <EditLink id={agent.id} name={agent.name} />
      <ConfirmButton
        label="Delete"
        description={`Delete ${agent.name}`}
        color="error"
        icon={<DeleteIcon />}
        title={`Delete ${agent.name}?`}
        content={`It can no longer call.${agent.numbersAssigned > 0 ? ` ${numbers} free.` : ''} Past usage stays in the reports.`}
        busy={busy}
        onConfirm={() =>
          void run((api) => api.delete('agents', { id: agent.id, previousData: agent }), `${agent.name} is deleted`)
        }
      />
    </Stack>
  );
};

const Usage = ({ agent }: { agent: AgentView }) => (
  <UsageBar used={agent.callsMadeToday} limit={agent.dailyLimit} label={`Calls of ${agent.name} today`} />
);

const Name = ({ agent }: { agent: AgentView }) => (
  <Box>
    <AgentName agent={agent} />
    {agent.clientName && (
      <Typography variant="caption" component="div" color="textSecondary">
        {agent.clientName}
      </Typography>
    )}
  </Box>
);

const NumbersLink = ({ agent }: { agent: AgentView }) => (
  <Box component="span" sx={{ whiteSpace: 'nowrap' }}>
    <AgentLink id={agent.id} name={pluralize(agent.numbersAssigned, 'number')} />
  </Box>
);

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const { filterValues } = useListContext<AgentView>();
  const empty =
    Object.keys(filterValues as object).length > 0 ? (
      <EmptyState title="No agent fits" hint="Change the filters, or take them away." />
    ) : (
      <EmptyState title="No agents yet" hint="Add an agent, then assign numbers to it." />
    );
  if (isSmall) {
    return (
      <RecordCards<AgentView>
        empty={empty}
        render={(agent) => (
          <Stack spacing={0.75}>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1 }}>
              <Name agent={agent} />
              <Status agent={agent} />
            </Box>
            <Typography variant="body2" component="div">
              <NumbersLink agent={agent} />
            </Typography>
            <Usage agent={agent} />
            <AgentActions agent={agent} />
          </Stack>
        )}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <FunctionField<AgentView> source="name" render={(agent) => <Name agent={agent} />} />
      <FunctionField<AgentView> source="status" render={(agent) => <Status agent={agent} />} />
      <FunctionField<AgentView> label="Numbers" render={(agent) => <NumbersLink agent={agent} />} />
      <FunctionField<AgentView> label="Calls today" render={(agent) => <Usage agent={agent} />} />
      <FunctionField<AgentView> label="Signs in as" render={(agent) => agent.userEmail ?? '–'} />
      <FunctionField<AgentView> label="" textAlign="right" render={(agent) => <AgentActions agent={agent} />} />
    </Datagrid>
  );
};

const ListActions = () => {
  const writes = useMay('agents:write');
  return (
    <TopToolbar>
      <FilterButton />
      {writes && <AddLink label="Add agent" />}
    </TopToolbar>
  );
};

const AgentList = () => (
  <List
    title={<PageTitle name="Agents" />}
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

export default AgentList;
