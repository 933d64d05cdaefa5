import { Box, Button, LinearProgress, Typography } from '@mui/material';
import type { ImportJobView } from '#contracts';
import { formatInteger } from '../../shared/figures';

/** How far an upload is. It goes on by itself when the dialog is closed. */
export const UploadProgress = ({ job, onCancel }: { job: ImportJobView; onCancel: () => void }) => {
  const share = job.total > 0 ? Math.min((job.processed / job.total) * 100, 100) : 0;
  return (
    <Box>
      <LinearProgress variant="determinate" value={share} aria-label="Progress of the upload" />
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', mt: 1 }}>
        <Typography variant="body2" color="textSecondary" role="status">
          {formatInteger(job.processed)} of {formatInteger(job.total)} rows
        </Typography>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
      </Box>
    </Box>
  );
};
