import RefreshIcon from '@mui/icons-material/Refresh';
import { Box, Button, Card, CardContent, CardHeader, Skeleton, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Title } from 'react-admin';
import { EmptyState } from '../shared/EmptyState';
import { LoadProblem } from '../shared/LoadProblem';
import { PageTitle } from '../shared/PageTitle';
import { AgentUsage } from './AgentUsage';
import { NextStep } from './NextStep';
import { Refusals } from './Refusals';
import { ResetCounters } from './ResetCounters';
import { TodayFigures } from './TodayFigures';
import { useApi } from '../shared/useApi';

const DailyChart = lazy(() => import('./DailyChart'));
const REFRESH_MS = 15_000;
const CHART_HEIGHT = 260;

const Panel = ({ title, children }: { title: string; children: ReactNode }) => (
  <Card component="section" aria-label={title}>
    <CardHeader title={title} slotProps={{ title: { variant: 'h6', component: 'h2' } }} />
    <CardContent>{children}</CardContent>
  </Card>
);

const PageHead = ({ children }: { children?: ReactNode }) => (
  <Box sx={{ display: 'flex', justifyContent: 'flex-end', gap: 1, minHeight: 31 }}>
    <Title title={<PageTitle name="Dashboard" />} />
    {children}
  </Box>
);

const Placeholder = () => (
  <Stack spacing={2} sx={{ mt: 2 }} aria-busy>
    <PageHead />
    <Skeleton variant="rectangular" height={210} sx={{ borderRadius: 2 }} />
    <Skeleton variant="rectangular" height={420} sx={{ borderRadius: 2 }} />
  </Stack>
);

const UsageDashboard = () => {
  const api = useApi();
  const summary = useQuery({
    queryKey: ['usage', 'summary'],
    queryFn: () => api.usageSummary(),
    refetchInterval: REFRESH_MS,
  });
  const daily = useQuery({ queryKey: ['usage', 'daily'], queryFn: () => api.usageDaily() });
  const refresh = () => void Promise.all([summary.refetch(), daily.refetch()]);

  if (summary.isPending) return <Placeholder />;
  if (!summary.data) return <LoadProblem error={summary.error} onRetry={refresh} />;
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <PageHead>
        <ResetCounters />
        <Button size="small" startIcon={<RefreshIcon />} onClick={refresh}>
          Refresh
        </Button>
      </PageHead>
      {summary.isError && <LoadProblem error={summary.error} onRetry={refresh} />}
      <NextStep summary={summary.data} />
      <TodayFigures summary={summary.data} now={summary.dataUpdatedAt} />
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: '1fr', lg: '3fr 2fr' } }}>
        <Panel title="Usage per agent today">
          <AgentUsage agents={summary.data.perAgent} />
        </Panel>
        <Stack spacing={2} sx={{ minWidth: 0 }}>
          <Panel title="The last 14 days">
            {daily.isError && <LoadProblem error={daily.error} onRetry={refresh} />}
            {daily.data?.rows.length === 0 && (
              <EmptyState title="No calls yet" hint="The calls of each day show here once the call gate is asked." />
            )}
            {(daily.isPending || (daily.data && daily.data.rows.length > 0)) && (
              <Box sx={{ height: CHART_HEIGHT }}>
                <Suspense fallback={null}>{daily.data && <DailyChart usage={daily.data} />}</Suspense>
              </Box>
            )}
          </Panel>
          <Panel title="Refusals by reason today">
            <Refusals refusals={summary.data.refusals} callsAllowed={summary.data.callsAllowed} />
          </Panel>
        </Stack>
      </Box>
    </Stack>
  );
};

export default UsageDashboard;
