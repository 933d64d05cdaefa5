import { Box, Button, Chip, Skeleton, Stack } from '@mui/material';
import { useMemo } from 'react';
import {
  Pagination,
  ListBase,
  ListToolbar,
  SearchInput,
  Title,
  TopToolbar,
  useGetList,
  useListContext,
} from 'react-admin';
import { Link, useSearchParams } from 'react-router';
import type { AgentAssignmentView, AgentView } from '#contracts';
import { EmptyState } from '../../shared/EmptyState';
import { ExportList } from '../../shared/ExportList';
import { LoadProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { useMay } from '../../shared/permissions';
import { AgentCard } from './AgentCard';

const MOST_ASSIGNMENTS = 1000;

const NoAgents = ({ filtered }: { filtered: boolean }) => {
  const adds = useMay('agents:write');
  if (filtered) return <EmptyState title="No agent fits" hint="Search for another name." />;
  return (
    <EmptyState title="No agents yet" hint="Add an agent first, then assign numbers to it.">
      {adds && (
        <Button component={Link} to="/agents/create" variant="outlined">
          Add agent
        </Button>
      )}
    </EmptyState>
  );
};

/** Agents of one page, each with all its numbers. */
const Cards = () => {
  const { data: agents, isPending, error, refetch, filterValues } = useListContext<AgentView>();
  const {
    data: assignments,
    isPending: isLoading,
    error: problem,
    refetch: refetchAssignments,
  } = useGetList<AgentAssignmentView>(
    'agent-assignments',
    {
      filter: { agentId: agents?.map((agent) => agent.id) ?? [] },
      pagination: { page: 1, perPage: MOST_ASSIGNMENTS },
      sort: { field: 'phoneNumber', order: 'ASC' },
    },
    { enabled: agents !== undefined && agents.length > 0 },
  );
  const ofAgent = useMemo(() => Map.groupBy(assignments ?? [], (assignment) => assignment.agentId), [assignments]);
  if (error || problem) {
    return <LoadProblem error={error ?? problem} onRetry={() => void Promise.all([refetch(), refetchAssignments()])} />;
  }
  if (agents?.length === 0) return <NoAgents filtered={Object.keys(filterValues as object).length > 0} />;
  if (isPending || isLoading || !agents) {
    return (
      <Stack spacing={2} aria-busy>
        {[0, 1, 2].map((card) => (
          <Skeleton key={card} variant="rectangular" height={140} sx={{ borderRadius: 2 }} />
        ))}
      </Stack>
    );
  }
  return (
    <Stack spacing={2}>
      {agents.map((agent) => (
        <AgentCard key={agent.id} agent={agent} assignments={ofAgent.get(agent.id) ?? []} />
      ))}
    </Stack>
  );
};

const OneAgent = ({ agentId, onClear }: { agentId: string; onClear: () => void }) => {
  const { data } = useListContext<AgentView>();
  return (
    <Box sx={{ py: 1.5 }}>
      <Chip label={`Only ${data?.[0]?.name ?? 'one agent'}`} onDelete={onClear} />
      <Button size="small" onClick={onClear} sx={{ ml: 1 }}>
        Show all agents
      </Button>
      <ExportAssignments agentId={agentId} />
    </Box>
  );
};

/** The assignments of all agents that the page is about, not of one page of them. */
const ExportAssignments = ({ agentId }: { agentId?: string }) => {
  const { filterValues } = useListContext();
  return <ExportList resource="agent-assignments" filter={agentId ? { agentId } : (filterValues as object)} />;
};

/** All agents, or the one that a link named. */
const AgentAssignmentList = () => {
  const [parameters, setParameters] = useSearchParams();
  const agentId = parameters.get('agent');
  return (
    <ListBase
      key={agentId}
      resource="agents"
      filter={agentId ? { id: [agentId] } : undefined}
      sort={{ field: 'name', order: 'ASC' }}
      perPage={10}
      storeKey={false}
      disableSyncWithLocation
    >
      <Title title={<PageTitle name="Agent Assignments" />} />
      {agentId ? (
        <OneAgent agentId={agentId} onClear={() => setParameters({})} />
      ) : (
        <ListToolbar
          filters={[<SearchInput key="q" source="q" alwaysOn placeholder="Agent" />]}
          actions={
            <TopToolbar>
              <ExportAssignments />
            </TopToolbar>
          }
        />
      )}
      <Cards />
      {!agentId && <Pagination rowsPerPageOptions={[10, 25, 50]} />}
    </ListBase>
  );
};

export default AgentAssignmentList;
