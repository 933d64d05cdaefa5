import DownloadIcon from '@mui/icons-material/Download';
import { Button } from '@mui/material';
import { useState } from 'react';
import { downloadCSV, useNotify } from 'react-admin';
import type { ExportedResource } from '../providers/dataProvider';
import { useApi } from './useApi';

/** Downloads a whole filtered list, in the columns that a bulk upload takes. */
export const ExportList = ({ resource, filter }: { resource: ExportedResource; filter: object }) => {
  const dataProvider = useApi();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      downloadCSV(await (await dataProvider.exportList(resource, filter)).text(), resource);
    } catch (error) {
      notify(error instanceof Error ? error.message : 'The download failed. Try again.', { type: 'error' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" startIcon={<DownloadIcon />} disabled={busy} onClick={() => void download()}>
      Export
    </Button>
  );
};
