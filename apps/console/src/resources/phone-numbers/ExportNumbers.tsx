import DownloadIcon from '@mui/icons-material/Download';
import { Button } from '@mui/material';
import { useState } from 'react';
import { downloadCSV, useDataProvider, useListContext, useNotify } from 'react-admin';
import type { ConsoleDataProvider } from '../../providers/dataProvider';

/** Downloads the whole filtered list, in the columns that a bulk upload takes. */
export const ExportNumbers = () => {
  const { filterValues } = useListContext();
  const dataProvider = useDataProvider<ConsoleDataProvider>();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      downloadCSV(await (await dataProvider.exportPhoneNumbers(filterValues as object)).text(), 'phone-numbers');
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
