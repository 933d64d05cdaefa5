import { Stack } from '@mui/material';
import { useMemo } from 'react';
import {
  Pagination,
  ListBase,
  ListToolbar,
  Loading,
  SearchInput,
  Title,
  useGetList,
  useListContext,
} from 'react-admin';
import type { AgentAssignmentView, AgentView } from '#contracts';
import { EmptyState } from '../../shared/EmptyState';
import { AgentCard } from './AgentCard';

const MOST_ASSIGNMENTS = 1000;

/** Agents of one page, each with all its numbers. */
const Cards = () => {
  const { data: agents, isPending } = useListContext<AgentView>();
  const { data: assignments, isPending: isLoading } = useGetList<AgentAssignmentView>(
    'agent-assignments',
    {
      filter: { agentId: agents?.map((agent) => agent.id) ?? [] },
      pagination: { page: 1, perPage: MOST_ASSIGNMENTS },
      sort: { field: 'phoneNumber', order: 'ASC' },
    },
    { enabled: agents !== undefined && agents.length > 0 },
  );
  const ofAgent = useMemo(() => Map.groupBy(assignments ?? [], (assignment) => assignment.agentId), [assignments]);
  if (isPending || (isLoading && agents && agents.length > 0)) return <Loading />;
  if (!agents || agents.length === 0) {
    return <EmptyState title="No agents here" hint="Add an agent first, then assign numbers to it." />;
  }
  return (
    <Stack spacing={2}>
      {agents.map((agent) => (
        <AgentCard key={agent.id} agent={agent} assignments={ofAgent.get(agent.id) ?? []} />
      ))}
    </Stack>
  );
};

const AgentAssignmentList = () => (
  <ListBase resource="agents" sort={{ field: 'name', order: 'ASC' }} perPage={10} disableSyncWithLocation>
    <Title title="Agent Assignments" />
    <ListToolbar filters={[<SearchInput key="q" source="q" alwaysOn placeholder="Agent" />]} />
    <Cards />
    <Pagination rowsPerPageOptions={[10, 25, 50]} />
  </ListBase>
);

export default AgentAssignmentList;
