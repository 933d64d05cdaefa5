import { useState } from 'react';
import { useNotify, useRefresh } from 'react-admin';
import type { ImportJobView } from '#contracts';
import type { UploadOptions } from '../../providers/dataProvider';
import { pluralize, formatInteger } from '../../shared/figures';
import { useApi } from '../../shared/useApi';

const ASK_AGAIN_MS = 500;
const FILE_CHANGED = 'The file was changed or moved since you chose it. Choose it again.';

interface UploadOutcome {
  job: ImportJobView;
  dryRun: boolean;
}

/** Sends an upload, or a check of one, and follows it to its end. */
export function useUpload() {
  const api = useApi();
  const notify = useNotify();
  const refresh = useRefresh();
  const [busy, setBusy] = useState<'check' | 'upload' | null>(null);
  const [running, setRunning] = useState<ImportJobView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [result, setResult] = useState<UploadOutcome | null>(null);

  /** What came of it says nothing about another upload. */
  const forget = () => {
    setProblem(null);
    setResult(null);
  };

  const send = async (source: string | File, options: UploadOptions) => {
    setBusy(options.dryRun ? 'check' : 'upload');
    setProblem(null);
    try {
      if (source instanceof File) await requireUnchanged(source);
      let job = await api.bulkUpload(source, options);
      while (job.finishedAt === null) {
        setRunning(job);
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
        job = await api.importJob(job.id);
      }
      setResult({ job, dryRun: options.dryRun });
      if (!options.dryRun) {
        notify(summaryOf(job), { type: job.failed > 0 ? 'warning' : 'success' });
        refresh();
      }
    } catch (error) {
      setResult(null);
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

  const undone = (job: ImportJobView) => setResult({ job, dryRun: false });

  return { busy, running, problem, result, send, cancel, forget, undone, setProblem };
}

/** Browsers do not send a file that was saved again after it was chosen, and report a failed connection. */
async function requireUnchanged(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error(FILE_CHANGED);
  }
}

const summaryOf = ({ operation, created, updated, deleted, unassigned }: ImportJobView): string => {
  if (operation === 'delete') return `${pluralize(deleted, 'number')} deleted`;
  if (operation === 'unassign') return `${pluralize(unassigned, 'number')} unassigned`;
  return `${pluralize(created, 'number')} added${updated > 0 ? `, ${formatInteger(updated)} changed` : ''}`;
};
