import { Alert, FormControlLabel, Switch } from '@mui/material';
import { OneCountryPicker } from '../../shared/OneCountryPicker';
import { UploadChoices } from './UploadChoices';
import { UploadColumns } from './UploadColumns';
import { UploadPreview } from './UploadPreview';
import type { UploadForm } from './useUploadForm';

/** How the upload will be read, and what may be said about it. */
export const UploadReading = ({ form }: { form: UploadForm }) => {
  const { file, head, layout, isBusy, upload } = form;
  return (
    <>
      {!upload.result && head && <UploadPreview head={head} layout={layout} />}
      {head?.isGuess && !upload.result && (
        <Alert severity="warning">
          The encoding of the file is a guess. If letters in the preview are wrong, choose another encoding below.
        </Alert>
      )}
      {file && !head && (
        <Alert severity="warning">This file is no text. Save it as CSV in the program that it comes from.</Alert>
      )}
      {layout !== null && layout.problems.length > 0 && (
        <Alert severity="warning">
          {layout.problems.map((problem) => (
            <div key={problem}>{problem}</div>
          ))}
        </Alert>
      )}
      {layout?.hasHeader && (
        <UploadColumns
          key={file ? `${file.name} ${file.lastModified}` : 'text'}
          layout={layout}
          operation={form.operation}
          disabled={isBusy}
          onChoose={form.chooseColumn}
        />
      )}
      <UploadChoices form={form} />
      <OneCountryPicker
        label="Country of numbers without one"
        hint="How numbers without + are dialed, in rows without a country"
        disabled={isBusy || form.lacksPlus}
        value={form.country}
        onChange={form.setCountry}
      />
      <FormControlLabel
        control={
          <Switch checked={form.lacksPlus} disabled={isBusy} onChange={(_, checked) => form.setLacksPlus(checked)} />
        }
        label="Numbers without + begin with their country code"
      />
      {form.operation === 'register' && (
        <FormControlLabel
          control={
            <Switch checked={form.changes} disabled={isBusy} onChange={(_, checked) => form.setChanges(checked)} />
          }
          label="Also change those that are there already (upsert)"
        />
      )}
    </>
  );
};
