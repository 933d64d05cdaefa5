import UploadIcon from '@mui/icons-material/UploadFile';
import {
  Alert,
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Link,
  Stack,
  Switch,
  TextField,
  Typography,
} from '@mui/material';
import { type ChangeEvent, type DragEvent, useState } from 'react';
import { useDataProvider, useNotify, useRefresh } from 'react-admin';
import { Link as RouterLink } from 'react-router';
import type { ImportJobView } from '#contracts';
import type { ConsoleDataProvider } from '../../providers/dataProvider';
import { counted, whole } from '../../shared/figures';
import { UndoUpload } from './UndoUpload';
import { UploadPreview } from './UploadPreview';
import { UploadProgress } from './UploadProgress';
import { UploadResult } from './UploadResult';

const EXAMPLE = '+12025550123,telnyx,US\n+12025550124,telnyx,US\n+14155550125,twilio,US';
/** Larger files are sent as they are, without passing through the text field. */
const SHOWN_BYTES = 200_000;
const ASK_AGAIN_MS = 500;

/** Upload in two steps if wanted: check without writing, then upload. */
const BulkUploadDialog = ({ onClose }: { onClose: () => void }) => {
  const api = useDataProvider<ConsoleDataProvider>();
  const notify = useNotify();
  const refresh = useRefresh();
  const [text, setText] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [changes, setChanges] = useState(false);
  const [busy, setBusy] = useState<'check' | 'upload' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [result, setResult] = useState<{ job: ImportJobView; dryRun: boolean } | null>(null);
  const [running, setRunning] = useState<ImportJobView | null>(null);
  const [dragging, setDragging] = useState(false);
  const uploaded = result !== null && !result.dryRun;
  const content = file ?? text;
  const isEmpty = file === null && text.trim() === '';

  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    setResult(null);
    setProblem(null);
    if (chosen.size > SHOWN_BYTES) setFile(chosen);
    else {
      setFile(null);
      setText(await chosen.text());
    }
  };

  const send = async (dryRun: boolean) => {
    setBusy(dryRun ? 'check' : 'upload');
    setProblem(null);
    try {
      let job = await api.bulkUpload(content, { dryRun, mode: changes ? 'upsert' : 'create' });
      while (job.finishedAt === null) {
        setRunning(job);
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
        job = await api.importJob(job.id);
      }
      setResult({ job, dryRun });
      if (!dryRun) {
        notify(`${counted(job.created, 'number')} added${job.updated > 0 ? `, ${whole(job.updated)} changed` : ''}`, {
          type: job.failed > 0 ? 'warning' : 'success',
        });
        refresh();
      }
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The upload failed. Try again.');
    } finally {
      setBusy(null);
      setRunning(null);
    }
  };

  /** The upload itself notices, and shows what was taken until then. */
  const cancel = async (id: string) => {
    try {
      await api.cancelImport(id);
    } catch {
      // It was done in that very moment: its result shows that.
    }
  };

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    void take(event.dataTransfer.files[0]);
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
      <DialogContent
        onDragOver={(event) => {
          event.preventDefault();
          setDragging(true);
        }}
        onDragLeave={() => setDragging(false)}
        onDrop={drop}
      >
        <Stack spacing={2} sx={{ pt: 0.5 }}>
          <Typography variant="body2" color="textSecondary">
            One number a line: number, provider, country. A header line is fine.{' '}
            <Link component={RouterLink} to="/imports" onClick={onClose}>
              Earlier uploads
            </Link>
          </Typography>
          {file ? (
            <Alert
              severity="info"
              onClose={() => {
                setFile(null);
                setResult(null);
              }}
            >
              {file.name} ({whole(Math.ceil(file.size / 1024))} kB)
            </Alert>
          ) : (
            <TextField
              label="Numbers"
              placeholder={EXAMPLE}
              multiline
              minRows={6}
              maxRows={12}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setResult(null);
              }}
              slotProps={{
                input: { sx: { fontFamily: 'ui-monospace, monospace', fontSize: 14 } },
                inputLabel: { shrink: true },
              }}
            />
          )}
          <Box
            sx={{
              display: 'flex',
              flexWrap: 'wrap',
              gap: 1.5,
              alignItems: 'center',
              p: 1.5,
              border: '1px dashed',
              borderColor: dragging ? 'primary.main' : 'text.secondary',
              bgcolor: dragging ? 'action.hover' : undefined,
              borderRadius: 1,
            }}
          >
            <Button component="label" size="small" variant="outlined" startIcon={<UploadIcon />}>
              Choose a file
              <input
                type="file"
                accept=".csv,.txt,text/csv,text/plain"
                hidden
                onChange={(event: ChangeEvent<HTMLInputElement>) => void take(event.target.files?.[0])}
              />
            </Button>
            <Typography variant="body2" color="textSecondary">
              or drop a CSV file here
            </Typography>
          </Box>
          <FormControlLabel
            control={
              <Switch
                checked={changes}
                onChange={(_, checked) => {
                  setChanges(checked);
                  setResult(null);
                }}
              />
            }
            label="Also change those that are there already (upsert)"
          />
          {!result && !file && <UploadPreview text={text} />}
          {running && <UploadProgress job={running} onCancel={() => void cancel(running.id)} />}
          {problem && <Alert severity="error">{problem}</Alert>}
          {result && <UploadResult job={result.job} dryRun={result.dryRun} />}
          {result && <UndoUpload job={result.job} onUndone={(job) => setResult({ job, dryRun: false })} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button
          onClick={() => void send(true)}
          disabled={isEmpty || uploaded || busy !== null}
          loading={busy === 'check'}
        >
          Check
        </Button>
        <Button
          variant="contained"
          onClick={() => void send(false)}
          disabled={isEmpty || uploaded || busy !== null}
          loading={busy === 'upload'}
        >
          Upload
        </Button>
      </DialogActions>
    </Dialog>
  );
};

export default BulkUploadDialog;
