import PersonIcon from '@mui/icons-material/PersonOutlined';
import SmartToyIcon from '@mui/icons-material/SmartToyOutlined';
import { Box, Chip, type Theme, useMediaQuery } from '@mui/material';
import type { ReactElement } from 'react';
import {
  CreateButton,
  Datagrid,
  FunctionField,
  List,
  SearchInput,
  SelectInput,
  SimpleList,
  TopToolbar,
} from 'react-admin';
import type { AgentView } from '#contracts';
import { EmptyState } from '../../shared/EmptyState';
import { choicesOf, kindLabels } from '../../shared/labels';
import { useMay } from '../../shared/permissions';
import { UsageBar } from '../../shared/UsageBar';

const filters: ReactElement[] = [
  <SearchInput key="q" source="q" alwaysOn placeholder="Name" />,
  <SelectInput key="kind" source="kind" alwaysOn choices={choicesOf(kindLabels)} />,
];

export const AgentName = ({ agent }: { agent: Pick<AgentView, 'name' | 'kind'> }) => (
  <Box component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center' }}>
    {agent.kind === 'ai' ? (
      <SmartToyIcon fontSize="small" titleAccess="AI agent" />
    ) : (
      <PersonIcon fontSize="small" titleAccess="Human agent" />
    )}
    {agent.name}
  </Box>
);

const StatusChip = ({ agent }: { agent: AgentView }) => (
  <Chip
    size="small"
    variant="outlined"
    label={agent.status === 'active' ? 'Active' : 'Inactive'}
    color={agent.status === 'active' ? 'success' : 'default'}
  />
);

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const edits = useMay('agents:write');
  const empty = <EmptyState title="No agents here" hint="Add an agent, or change the filters." />;
  if (isSmall) {
    return (
      <SimpleList<AgentView>
        empty={empty}
        rowClick={edits ? 'edit' : false}
        primaryText={(agent) => <AgentName agent={agent} />}
        secondaryText={(agent) => `${agent.callsMadeToday} of ${agent.dailyLimit} calls today`}
        tertiaryText={(agent) => <StatusChip agent={agent} />}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={edits ? 'edit' : false} empty={empty}>
      <FunctionField<AgentView> source="name" render={(agent) => <AgentName agent={agent} />} />
      <FunctionField<AgentView> source="kind" render={(agent) => kindLabels[agent.kind]} />
      <FunctionField<AgentView> source="status" render={(agent) => <StatusChip agent={agent} />} />
      <FunctionField<AgentView> label="Numbers" textAlign="right" render={(agent) => agent.numbersAssigned} />
      <FunctionField<AgentView>
        label="Calls today"
        render={(agent) => (
          <UsageBar used={agent.callsMadeToday} limit={agent.dailyLimit} label={`Calls of ${agent.name} today`} />
        )}
      />
      <FunctionField<AgentView> label="Signs in as" render={(agent) => agent.userEmail ?? '–'} />
    </Datagrid>
  );
};

const ListActions = () => {
  const writes = useMay('agents:write');
  return <TopToolbar>{writes && <CreateButton label="Add agent" />}</TopToolbar>;
};

const AgentList = () => (
  <List
    title="Agents"
    filters={filters}
    actions={<ListActions />}
    sort={{ field: 'name', order: 'ASC' }}
    exporter={false}
    empty={false}
  >
    <Rows />
  </List>
);

export default AgentList;
