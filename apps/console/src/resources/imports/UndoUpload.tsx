import UndoIcon from '@mui/icons-material/Undo';
import { Alert, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useNotify, useRefresh } from 'react-admin';
import type { ImportJobView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { pluralize } from '../../shared/figures';
import { useApi } from '../../shared/useApi';

interface UndoUploadProps {
  job: ImportJobView;
  onUndone: (job: ImportJobView) => void;
}

/** Takes back what a finished upload did. The API refuses when a number was changed or used since, and says which. */
export const UndoUpload = ({ job, onUndone }: UndoUploadProps) => {
  const api = useApi();
  const notify = useNotify();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  if (job.dryRun || job.finishedAt === null || job.undoneAt !== null) return null;
  if (job.created + job.updated + job.deleted + job.unassigned === 0) return null;

  const undo = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const undone = await api.undoImport(job.id);
      notify('The upload is undone', { type: 'success' });
      refresh();
      onUndone(undone);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : 'That did not work. Try again.');
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack spacing={1} sx={{ mt: 1, alignItems: 'flex-start' }}>
      <ConfirmButton
        label="Undo upload"
        color="error"
        icon={<UndoIcon />}
        title="Undo this upload?"
        content={<WhatIsUndone job={job} />}
        busy={busy}
        onConfirm={() => void undo()}
      />
      {refusal && (
        <Alert severity="error" sx={{ alignSelf: 'stretch', overflowWrap: 'anywhere' }}>
          {refusal}
        </Alert>
      )}
    </Stack>
  );
};

const WhatIsUndone = ({ job: { created, updated, deleted, unassigned } }: { job: ImportJobView }) => (
  <Stack spacing={1}>
    {deleted > 0 && (
      <Typography>
        {pluralize(deleted, 'number')} that it deleted {deleted === 1 ? 'comes' : 'come'} back as before.
      </Typography>
    )}
    {unassigned > 0 && (
      <Typography>
        {pluralize(unassigned, 'number')} that it unassigned {unassigned === 1 ? 'goes' : 'go'} back to{' '}
        {unassigned === 1 ? 'its agent' : 'their agents'}, with limits and countries.
      </Typography>
    )}
    {created > 0 && (
      <Typography>
        {pluralize(created, 'number')} that it added {created === 1 ? 'is' : 'are'} removed.
      </Typography>
    )}
    {updated > 0 && (
      <Typography>
        {pluralize(updated, 'number')} that it changed {updated === 1 ? 'gets' : 'get'} back what was there before.
      </Typography>
    )}
    <Typography color="textSecondary">
      If one of them was changed or used since, nothing is undone, and you are told which.
    </Typography>
  </Stack>
);
