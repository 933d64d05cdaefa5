import RefreshIcon from '@mui/icons-material/Refresh';
import { Alert, Box, Button, Card, CardContent, CardHeader, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Loading, Title, useDataProvider } from 'react-admin';
import type { ConsoleDataProvider } from '../providers/dataProvider';
import { AgentUsage } from './AgentUsage';
import { Refusals } from './Refusals';
import { TodayFigures } from './TodayFigures';

const DailyChart = lazy(() => import('./DailyChart'));
const REFRESH_MS = 15_000;

const UsageDashboard = () => {
  const api = useDataProvider<ConsoleDataProvider>();
  const summary = useQuery({
    queryKey: ['usage', 'summary'],
    queryFn: () => api.usageSummary(),
    refetchInterval: REFRESH_MS,
  });
  const daily = useQuery({ queryKey: ['usage', 'daily'], queryFn: () => api.usageDaily() });
  const refresh = () => void Promise.all([summary.refetch(), daily.refetch()]);

  if (summary.isPending) return <Loading />;
  if (summary.isError) {
    return (
      <Alert severity="error" sx={{ mt: 2 }} action={<Button onClick={refresh}>Try again</Button>}>
        {summary.error.message}
      </Alert>
    );
  }
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Title title="Dashboard" />
      <Box sx={{ display: 'flex', justifyContent: 'flex-end' }}>
        <Button size="small" startIcon={<RefreshIcon />} onClick={refresh} loading={summary.isFetching}>
          Refresh
        </Button>
      </Box>
      <TodayFigures summary={summary.data} />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', lg: '3fr 2fr' } }}>
        <Card>
          <CardHeader title="Usage per agent today" slotProps={{ title: { variant: 'h6' } }} />
          <CardContent>
            <AgentUsage agents={summary.data.perAgent} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader title="Refusals by reason today" slotProps={{ title: { variant: 'h6' } }} />
          <CardContent>
            <Refusals refusals={summary.data.refusals} />
          </CardContent>
        </Card>
      </Box>
      <Card>
        <CardHeader title="The last days" slotProps={{ title: { variant: 'h6' } }} />
        <CardContent>
          {daily.data && (
            <Suspense fallback={<Box sx={{ height: 260 }} />}>
              <DailyChart usage={daily.data} />
            </Suspense>
          )}
          {daily.isError && <Alert severity="error">{daily.error.message}</Alert>}
        </CardContent>
      </Card>
    </Stack>
  );
};

export default UsageDashboard;
