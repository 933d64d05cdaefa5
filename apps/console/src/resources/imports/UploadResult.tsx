import DownloadIcon from '@mui/icons-material/Download';
import { Alert, Box, Button, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { importErrorCodes, type ImportJobView } from '#contracts';
import { callApi } from '../../providers/session';
import { whole } from '../../shared/figures';
import { moment } from '../../shared/moment';

async function download(jobId: string): Promise<void> {
  const response = await callApi(`/imports/${jobId}/errors.csv`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = 'upload-errors.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Cells that have no room on a narrow screen; the rest of the row says enough. */
const WIDE = { display: { xs: 'none', sm: 'table-cell' } };

/** What came of an upload, or would come of it, with a reason for every row that was not taken. */
export const UploadResult = ({ job, dryRun }: { job: ImportJobView; dryRun: boolean }) => {
  const parts = [
    `${whole(job.created)} ${dryRun ? 'would be added' : 'added'}`,
    job.updated > 0 && `${whole(job.updated)} updated`,
    job.skipped > 0 && `${whole(job.skipped)} skipped`,
    `${whole(job.failed)} ${dryRun ? 'would fail' : 'failed'}`,
    job.repaired > 0 && `${whole(job.repaired)} repaired`,
    job.status === 'canceled' && `canceled after ${whole(job.processed)} rows`,
  ].filter(Boolean);
  return (
    <Box>
      <Alert severity={job.errors.length === 0 ? 'success' : 'warning'} role="status">
        {parts.join(', ')}
      </Alert>
      {job.undoneAt !== null && (
        <Alert severity="info" role="status" sx={{ mt: 1 }}>
          This upload was undone on {moment(job.undoneAt)}. Nothing of it is left.
        </Alert>
      )}
      {job.failure !== null && (
        <Alert severity="error" sx={{ mt: 1 }}>
          {job.failure}
        </Alert>
      )}
      {job.errors.length > 0 && (
        <Box sx={{ overflowX: 'auto', mt: 1 }}>
          <Table size="small" aria-label="Rows that were not taken">
            <TableHead>
              <TableRow>
                <TableCell>Line</TableCell>
                <TableCell sx={WIDE}>Column</TableCell>
                <TableCell>Value</TableCell>
                <TableCell sx={WIDE}>Problem</TableCell>
                <TableCell>What to do</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {job.errors.map((error) => (
                <TableRow key={`${error.line} ${error.code}`}>
                  <TableCell>{error.line}</TableCell>
                  <TableCell sx={WIDE}>{error.column ?? '–'}</TableCell>
                  <TableCell title={error.value ?? undefined} sx={{ maxWidth: { xs: 110, sm: 180 } }}>
                    <Typography variant="body2" noWrap>
                      {error.value}
                    </Typography>
                  </TableCell>
                  <TableCell sx={WIDE}>{importErrorCodes[error.code]}</TableCell>
                  <TableCell>{error.message}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
          {job.failed + job.skipped > job.errors.length && (
            <Typography variant="caption" color="textSecondary">
              These are the first {job.errors.length}.
            </Typography>
          )}
          {!dryRun && (
            <Button size="small" startIcon={<DownloadIcon />} onClick={() => void download(job.id)} sx={{ mt: 1 }}>
              Download all errors
            </Button>
          )}
        </Box>
      )}
    </Box>
  );
};
