import { Alert, Box } from '@mui/material';
import { useEffect, useRef } from 'react';
import { UndoUpload } from './UndoUpload';
import { UploadProgress } from './UploadProgress';
import { UploadResult } from './UploadResult';
import type { useUpload } from './useUpload';

/** How an upload goes, and what came of it, in a dialog that may be longer than the screen. */
export const UploadOutcome = ({ upload }: { upload: ReturnType<typeof useUpload> }) => {
  const { running, problem, result } = upload;
  const box = useRef<HTMLDivElement>(null);
  const hasNews = running !== null || problem !== null || result !== null;
  useEffect(() => {
    if (hasNews) box.current?.scrollIntoView({ block: 'nearest' });
  }, [hasNews, problem, result]);
  if (!hasNews) return null;
  return (
    <Box ref={box}>
      {running && <UploadProgress job={running} onCancel={() => void upload.cancel(running.id)} />}
      {problem !== null && <Alert severity="error">{problem}</Alert>}
      {result && <UploadResult job={result.job} dryRun={result.dryRun} />}
      {result && <UndoUpload job={result.job} onUndone={upload.undone} />}
    </Box>
  );
};
