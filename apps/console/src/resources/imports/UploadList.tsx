import { Box, Link, type Theme, Typography, useMediaQuery } from '@mui/material';
import type { Query } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Datagrid, FunctionField, List, SelectInput, TopToolbar, useListContext } from 'react-admin';
import { Link as RouterLink } from 'react-router';
import { type ImportJobSummaryView, type ImportStatus, importStatuses } from '#contracts';
import { EmptyState } from '../../shared/EmptyState';
import { formatInteger, pluralize } from '../../shared/figures';
import { choicesOf, importOperationLabels, importStatusLabels } from '../../shared/labels';
import { ListProblem } from '../../shared/LoadProblem';
import { formatDateTime } from '../../shared/formatDateTime';
import { PageTitle } from '../../shared/PageTitle';
import { RecordCards } from '../../shared/RecordCards';
import { StateChip } from '../../shared/StateChip';
import { UploadButton } from './UploadButton';
import { uploadName } from './uploadName';

const ASK_AGAIN_MS = 2_000;

const colors = {
  pending: 'default',
  running: 'info',
  completed: 'success',
  canceled: 'warning',
  failed: 'error',
} as const satisfies Record<ImportStatus, string>;

const filters: ReactElement[] = [
  <SelectInput
    key="status"
    source="status"
    alwaysOn
    choices={choicesOf(importStatusLabels, importStatuses)}
    emptyText="All"
  />,
  <SelectInput
    key="dryRun"
    source="dryRun"
    label="Kind"
    alwaysOn
    choices={[
      { id: 'false', name: 'Uploads' },
      { id: 'true', name: 'Checks' },
    ]}
    emptyText="All"
    format={(only: boolean | undefined) => (only === undefined ? '' : String(only))}
    parse={(only: string) => (only === '' ? undefined : only === 'true')}
  />,
];

/** What became of it: an upload that was undone is complete no more, and one without a good row is no success. */
const State = ({ job }: { job: ImportJobSummaryView }) => {
  if (job.undoneAt !== null) return <StateChip label="Undone" color="default" />;
  if (job.status === 'completed' && job.total > 0 && job.failed === job.total)
    return <StateChip label="All rows failed" color="error" />;
  return <StateChip label={importStatusLabels[job.status]} color={colors[job.status]} />;
};

const Name = ({ job }: { job: ImportJobSummaryView }) => (
  <Box sx={{ overflowWrap: 'anywhere', maxWidth: 420 }}>
    <Link component={RouterLink} to={`/imports/${job.id}`} underline="hover">
      {uploadName(job)}
    </Link>
    {(job.dryRun || job.operation !== 'register') && (
      <Typography variant="caption" component="div" color="textSecondary">
        {[job.operation !== 'register' && importOperationLabels[job.operation], job.dryRun && 'Only checked']
          .filter(Boolean)
          .join(' · ')}
      </Typography>
    )}
  </Box>
);

const Failed = ({ job }: { job: ImportJobSummaryView }) =>
  job.failed === 0 ? (
    <>{job.status === 'failed' ? '–' : '0'}</>
  ) : (
    <Box component="span" sx={{ color: 'warning.main', fontWeight: 600 }}>
      {formatInteger(job.failed)}
    </Box>
  );

const Card = ({ job }: { job: ImportJobSummaryView }) => (
  <>
    <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'start', gap: 1 }}>
      <Name job={job} />
      <State job={job} />
    </Box>
    <Typography variant="body2" color="textSecondary" sx={{ mt: 0.25, overflowWrap: 'anywhere' }}>
      {pluralize(job.total, 'row')}
      {job.failed > 0 && ` · ${pluralize(job.failed, 'error')}`} · {formatDateTime(job.createdAt)}
      {job.createdBy !== null && ` · ${job.createdBy}`}
    </Typography>
  </>
);

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const { filterValues } = useListContext<ImportJobSummaryView>();
  const empty =
    Object.keys(filterValues as object).length > 0 ? (
      <EmptyState title="No upload fits" hint="Change the filters, or take them away." />
    ) : (
      <EmptyState title="No uploads yet" hint="A CSV file with many numbers is added at once, and can be undone." />
    );
  if (isSmall) return <RecordCards<ImportJobSummaryView> empty={empty} render={(job) => <Card job={job} />} />;
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <FunctionField<ImportJobSummaryView>
        source="createdAt"
        label="When"
        render={(job) => formatDateTime(job.createdAt)}
        sx={{ whiteSpace: 'nowrap' }}
      />
      <FunctionField<ImportJobSummaryView> label="File" render={(job) => <Name job={job} />} />
      <FunctionField<ImportJobSummaryView> label="Status" render={(job) => <State job={job} />} />
      <FunctionField<ImportJobSummaryView> label="Rows" textAlign="right" render={(job) => formatInteger(job.total)} />
      <FunctionField<ImportJobSummaryView> label="Errors" textAlign="right" render={(job) => <Failed job={job} />} />
      <FunctionField<ImportJobSummaryView> label="Who" render={(job) => job.createdBy ?? '–'} />
    </Datagrid>
  );
};

const ListActions = () => (
  <TopToolbar>
    <UploadButton />
  </TopToolbar>
);

/** While one of them is under way, the list follows it. */
const refetchInterval = ({ state }: Query<{ data: ImportJobSummaryView[] }>) =>
  state.data?.data.some(({ finishedAt }) => finishedAt === null) ? ASK_AGAIN_MS : false;

const UploadList = () => (
  <List
    title={<PageTitle name="Uploads" />}
    filters={filters}
    actions={<ListActions />}
    sort={{ field: 'createdAt', order: 'DESC' }}
    perPage={25}
    exporter={false}
    empty={false}
    error={<ListProblem />}
    queryOptions={{ refetchInterval }}
  >
    <Rows />
  </List>
);

export default UploadList;
