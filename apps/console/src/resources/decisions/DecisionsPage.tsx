import DownloadIcon from '@mui/icons-material/Download';
import FilterAltOffIcon from '@mui/icons-material/FilterAltOffOutlined';
import RefreshIcon from '@mui/icons-material/Refresh';
import { Box, Button, Card, Skeleton, Stack, Typography } from '@mui/material';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Title, useNotify } from 'react-admin';
import type { DecisionPageView } from '#contracts';
import type { ConsoleDataProvider, DecisionQuery } from '../../providers/dataProvider';
import { EmptyState } from '../../shared/EmptyState';
import { LoadProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { DecisionDrawer } from './DecisionDrawer';
import { DecisionFilters } from './DecisionFilters';
import { DecisionRows } from './DecisionRows';
import { useDecisionFilter } from './useDecisionFilter';
import { useApi } from '../../shared/useApi';

const REQUESTS_AT_ONCE = 10;
const dateTimeFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });

/** One request looks at a part of the log only: where nothing in it fits, the next follows by itself, a few times. */
async function nextDecisions(api: ConsoleDataProvider, query: DecisionQuery, cursor: string | null) {
  let page: DecisionPageView = await api.decisions(query, cursor);
  for (let more = REQUESTS_AT_ONCE; page.items.length === 0 && page.nextCursor !== null && more > 0; more -= 1) {
    page = await api.decisions(query, page.nextCursor);
  }
  return page;
}

function save(blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'decisions.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}

const Download = ({ query }: { query: DecisionQuery }) => {
  const api = useApi();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      save(await api.decisionsCsv(query));
    } catch (error) {
      notify(error instanceof Error ? error.message : 'The download failed. Try again.', { type: 'error' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" startIcon={<DownloadIcon />} loading={busy} onClick={() => void download()}>
      Download CSV
    </Button>
  );
};

/** What the gate decided, the newest first. */
const DecisionsPage = () => {
  const api = useApi();
  const filter = useDecisionFilter();
  const { query } = filter;
  const log = useInfiniteQuery({
    queryKey: ['decisions', query],
    queryFn: ({ pageParam }) => nextDecisions(api, query, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const decisions = log.data?.pages.flatMap(({ items }) => items) ?? [];
  const scannedTo = log.data?.pages.at(-1)?.scannedTo;

  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Title title={<PageTitle name="Decisions" />} />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'flex-end', gap: 1 }}>
        {filter.isFiltered && (
          <Button size="small" startIcon={<FilterAltOffIcon />} onClick={filter.clear}>
            Clear filters
          </Button>
        )}
        <Download query={query} />
        <Button size="small" startIcon={<RefreshIcon />} onClick={filter.refresh}>
          Refresh
        </Button>
      </Box>
      <DecisionFilters filter={filter} />
      {log.isError && <LoadProblem error={log.error} onRetry={() => void log.refetch()} />}
      {log.isPending && <Skeleton variant="rectangular" height={360} sx={{ borderRadius: 2 }} />}
      {log.data && (
        <Card sx={{ overflowX: 'auto' }}>
          {decisions.length > 0 && <DecisionRows decisions={decisions} onOpen={(id) => filter.change({ id })} />}
          {decisions.length === 0 && !log.hasNextPage && (
            <EmptyState title="No decisions here" hint="Choose another time or other filters, or ask the call gate." />
          )}
          {log.hasNextPage && (
            <Stack spacing={1} sx={{ p: 2, alignItems: 'center' }}>
              {scannedTo && (
                <Typography variant="body2" color="textSecondary">
                  {decisions.length === 0 ? 'Nothing found' : 'Shown'} back to{' '}
                  {dateTimeFormat.format(new Date(scannedTo))}
                </Typography>
              )}
              <Button loading={log.isFetchingNextPage} variant="outlined" onClick={() => void log.fetchNextPage()}>
                {decisions.length === 0 ? 'Look further back' : 'Load more'}
              </Button>
            </Stack>
          )}
        </Card>
      )}
      <DecisionDrawer id={filter.value('id')} onClose={() => filter.change({ id: null })} onChanged={filter.refresh} />
    </Stack>
  );
};

export default DecisionsPage;
