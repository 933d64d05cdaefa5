import { TextField } from '@mui/material';
import { ChosenFile } from './ChosenFile';
import { FileDrop } from './FileDrop';
import type { UploadForm } from './useUploadForm';

const EXAMPLE = '+12025550123,telnyx,US\n+12025550124,telnyx,US\n+14155550125,twilio,US';
const NUMBERS = '+12025550123\n+12025550124\n+14155550125';

interface UploadSourceInputProps {
  form: UploadForm;
  /** Whether a file hovers over the dialog. */
  dragging: boolean;
}

/** A file that is sent as it is, or a field for pasting. */
export const UploadSourceInput = ({ form, dragging }: UploadSourceInputProps) => {
  const { operation, file, text, isBusy, take, removeFile, setText } = form;
  return (
    <>
      {!file && (
        <TextField
          label="Numbers"
          placeholder={operation === 'register' ? EXAMPLE : NUMBERS}
          multiline
          minRows={6}
          maxRows={12}
          disabled={isBusy}
          value={text}
          onChange={(event) => setText(event.target.value)}
          slotProps={{
            input: { sx: { fontFamily: 'ui-monospace, monospace', fontSize: 14 } },
            inputLabel: { shrink: true },
          }}
        />
      )}
      <FileDrop
        dragging={dragging}
        chosen={file && <ChosenFile file={file} disabled={isBusy} onRemove={removeFile} />}
        disabled={isBusy}
        onTake={(files) => void take([...(files ?? [])])}
      />
    </>
  );
};
