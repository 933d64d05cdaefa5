import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Link, Stack, Typography } from '@mui/material';
import { type DragEvent, useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { SendButton } from './SendButton';
import { UploadOperation } from './UploadOperation';
import { UploadOutcome } from './UploadOutcome';
import { UploadReading } from './UploadReading';
import { UploadSourceInput } from './UploadSourceInput';
import { useUploadForm } from './useUploadForm';

/** Upload in two steps if wanted: check without writing, then upload. */
const BulkUploadDialog = ({ onClose }: { onClose: () => void }) => {
  const form = useUploadForm();
  const { upload, isReady, send, take } = form;
  const [dragging, setDragging] = useState(false);
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setDragging(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    void take([...event.dataTransfer.files]);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      slotProps={{ paper: { sx: { maxWidth: 900 } } }}
      aria-labelledby="bulk-upload-title"
    >
      <DialogTitle id="bulk-upload-title">Bulk upload</DialogTitle>
      <DialogContent onDragOver={drag} onDragLeave={() => setDragging(false)} onDrop={drop}>
        <Stack spacing={2} sx={{ pt: 0.5 }}>
          <UploadOperation form={form} />
          <Typography variant="body2">
            <Link component={RouterLink} to="/imports" onClick={onClose}>
              Earlier uploads
            </Link>
          </Typography>
          <UploadSourceInput form={form} dragging={dragging} />
          <UploadReading form={form} />
          <UploadOutcome upload={upload} />
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button onClick={() => void send(true)} disabled={!isReady} loading={upload.busy === 'check'}>
          Check
        </Button>
        <SendButton form={form} />
      </DialogActions>
    </Dialog>
  );
};

export default BulkUploadDialog;
