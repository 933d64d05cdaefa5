import { Card, CardContent, Skeleton, Stack, Typography } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Title, useNotify } from 'react-admin';
import { useParams } from 'react-router';
import type { ImportJobView } from '#contracts';
import { importOperationLabels } from '../../shared/labels';
import { formatDateTime } from '../../shared/formatDateTime';
import { LoadProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { useMay } from '../../shared/permissions';
import { Timeline } from '../audit/RecordTimeline';
import { uploadName } from './uploadName';
import { UndoUpload } from './UndoUpload';
import { UploadProgress } from './UploadProgress';
import { UploadResult } from './UploadResult';
import { useApi } from '../../shared/useApi';

const ASK_AGAIN_MS = 1_000;

/** One upload, for those who closed its dialog: how far it is, what came of it, and its undoing. */
const UploadPage = () => {
  const { id = '' } = useParams();
  const api = useApi();
  const notify = useNotify();
  const queryClient = useQueryClient();
  const seesAudit = useMay('audit:read');
  const key = ['imports', id];
  const { data, error, isPending, refetch } = useQuery({
    queryKey: key,
    queryFn: () => api.importJob(id),
    refetchInterval: ({ state }) => (state.data && state.data.finishedAt === null ? ASK_AGAIN_MS : false),
  });
  const cancel = async () => {
    try {
      await api.cancelImport(id);
    } catch (problem) {
      notify(problem instanceof Error ? problem.message : 'That did not work. Try again.', { type: 'error' });
    }
    await refetch();
  };
  return (
    <Stack spacing={2} sx={{ mt: 2, maxWidth: 860 }}>
      <Title title={<PageTitle name="Upload" />} />
      {isPending && <Skeleton variant="rectangular" height={240} sx={{ borderRadius: 2 }} />}
      {error && <LoadProblem error={error} onRetry={() => void refetch()} />}
      {data && (
        <Card>
          <CardContent>
            <Heading job={data} />
            {data.finishedAt === null && <UploadProgress job={data} onCancel={() => void cancel()} />}
            {data.finishedAt !== null && <UploadResult job={data} dryRun={data.dryRun} />}
            <UndoUpload job={data} onUndone={(undone) => queryClient.setQueryData(key, undone)} />
          </CardContent>
        </Card>
      )}
      {data && seesAudit && (
        <Card>
          <Typography variant="h6" component="h2" sx={{ px: 2, pt: 2 }}>
            History
          </Typography>
          <Timeline recordId={id} />
        </Card>
      )}
    </Stack>
  );
};

const Heading = ({ job }: { job: ImportJobView }) => (
  <>
    <Typography variant="h6" component="h2" sx={{ overflowWrap: 'anywhere' }}>
      {uploadName(job)}
    </Typography>
    <Typography variant="body2" color="textSecondary" sx={{ mb: 2 }}>
      {job.operation !== 'register' && `${importOperationLabels[job.operation]} · `}
      {formatDateTime(job.createdAt)}
      {job.createdBy !== null && ` · ${job.createdBy}`}
      {job.dryRun && ' · only checked, nothing was changed'}
    </Typography>
  </>
);

export default UploadPage;
