import DownloadIcon from '@mui/icons-material/Download';
import { Alert, Box, Button, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import {
  importErrorCodes,
  type ImportJobView,
  type ImportNotice,
  type ImportRowError,
  type UploadColumn,
} from '#contracts';
import { callApi } from '../../providers/session';
import { pluralize, formatInteger } from '../../shared/figures';
import { uploadColumnLabels } from '../../shared/labels';
import { formatDateTime } from '../../shared/formatDateTime';
import { readingWords } from './readingWords';

async function download(jobId: string, what: 'errors' | 'notices'): Promise<void> {
  const response = await callApi(`/imports/${jobId}/${what}.csv`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `upload-${what}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Cells that have no room on a narrow screen; the rest of the row says enough. */
const WIDE = { display: { xs: 'none', sm: 'table-cell' } };

/** What came of an upload, or would come of it, with a reason for every row that was not taken. */
export const UploadResult = ({ job, dryRun }: { job: ImportJobView; dryRun: boolean }) => {
  const parts = [
    doneOf(job, dryRun),
    job.updated > 0 && `${formatInteger(job.updated)} updated`,
    job.skipped > 0 && `${formatInteger(job.skipped)} skipped`,
    `${formatInteger(job.failed)} ${dryRun ? 'would fail' : 'failed'}`,
    job.repaired > 0 && `${formatInteger(job.repaired)} repaired`,
    job.noticeCount > 0 && pluralize(job.noticeCount, 'notice'),
    job.status === 'canceled' && `canceled after ${formatInteger(job.processed)} rows`,
  ].filter(Boolean);
  return (
    <Box>
      <Alert severity={job.errors.length === 0 ? 'success' : 'warning'} role="status">
        {parts.join(', ')}
      </Alert>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1, overflowWrap: 'anywhere' }}>
        Read as: {readingWords(job.reading)}
      </Typography>
      {job.undoneAt !== null && (
        <Alert severity="info" role="status" sx={{ mt: 1 }}>
          This upload was undone on {formatDateTime(job.undoneAt)}.{' '}
          {job.operation === 'register' ? 'Nothing of it is left.' : 'All is as it was before.'}
        </Alert>
      )}
      {job.failure !== null && (
        <Alert severity="error" sx={{ mt: 1 }}>
          {job.failure}
        </Alert>
      )}
      {job.errors.length > 0 && (
        <Box sx={{ mt: 1 }}>
          <ToldRows label="Rows that were not taken" rows={job.errors} refused />
          {job.failed + job.skipped > job.errors.length && (
            <Typography variant="caption" color="textSecondary">
              These are the first {job.errors.length}.
            </Typography>
          )}
          {!dryRun && (
            <Button
              size="small"
              startIcon={<DownloadIcon />}
              onClick={() => void download(job.id, 'errors')}
              sx={{ mt: 1 }}
            >
              Download all errors
            </Button>
          )}
        </Box>
      )}
      {job.notices.length > 0 && (
        <Box sx={{ mt: 2 }}>
          <Typography variant="subtitle2" component="h3">
            Notices
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {dryRun ? 'This would be' : 'This was'} read otherwise than it stands in the file, or left out.
          </Typography>
          <ToldRows label="Notices" rows={job.notices} />
          {job.noticeCount > job.notices.length && (
            <>
              <Typography variant="caption" component="div" color="textSecondary">
                These are the first {job.notices.length}.
              </Typography>
              <Button
                size="small"
                startIcon={<DownloadIcon />}
                onClick={() => void download(job.id, 'notices')}
                sx={{ mt: 1 }}
              >
                Download all notices
              </Button>
            </>
          )}
        </Box>
      )}
    </Box>
  );
};

function doneOf({ operation, created, deleted, unassigned }: ImportJobView, dryRun: boolean): string {
  const [count, word] = {
    register: [created, 'added'] as const,
    delete: [deleted, 'deleted'] as const,
    unassign: [unassigned, 'unassigned'] as const,
  }[operation];
  return `${formatInteger(count)} ${dryRun ? 'would be ' : ''}${word}`;
}

interface ToldRowsProps {
  label: string;
  rows: (ImportRowError | ImportNotice)[];
  /** The rows were not taken, and there is something to do about them. */
  refused?: boolean;
}

/** Lines of the file that there is something to say about. */
const ToldRows = ({ label, rows, refused = false }: ToldRowsProps) => (
  <Box sx={{ overflowX: 'auto' }}>
    <Table size="small" aria-label={label} sx={{ '& .MuiTableCell-root': { px: { xs: 1, sm: 2 } } }}>
      <TableHead>
        <TableRow>
          <TableCell>Line</TableCell>
          <TableCell sx={WIDE}>Column</TableCell>
          <TableCell>Value</TableCell>
          {refused && <TableCell sx={WIDE}>Problem</TableCell>}
          <TableCell>{refused ? 'What to do' : 'What was done'}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map((row, index) => (
          <TableRow key={index} sx={{ verticalAlign: 'top' }}>
            <TableCell>{formatInteger(row.line)}</TableCell>
            <TableCell sx={WIDE}>
              {row.column === null ? '–' : (uploadColumnLabels[row.column as UploadColumn] ?? row.column)}
            </TableCell>
            <TableCell sx={{ minWidth: { xs: 100, sm: 150 }, maxWidth: 180, overflowWrap: 'anywhere' }}>
              {row.value}
            </TableCell>
            {refused && <TableCell sx={WIDE}>{importErrorCodes[(row as ImportRowError).code]}</TableCell>}
            <TableCell>{row.message}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  </Box>
);
