import { Box, MenuItem, TextField } from '@mui/material';
import { phoneNumberProviders, uploadEncodings, type PhoneNumberProvider } from '#contracts';
import { choicesOf, providerLabels } from '../../shared/labels';
import { encodingName } from './readingWords';
import type { UploadForm } from './useUploadForm';

const FOUND = '';
const encodings = Object.keys(uploadEncodings);

/** What people may say about the file as a whole: whose numbers they are, and how it is encoded. */
export const UploadChoices = ({ form }: { form: UploadForm }) => {
  const { file, head, layout, isBusy, provider, encoding } = form;
  const byHeader = layout?.carrier ? `${providerLabels[layout.carrier]}, by the header` : 'None';
  const byContent = head?.encoding ? `Found: ${encodingName(head.encoding)}` : 'Found by its content';
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: file ? '1fr 1fr' : '1fr' } }}>
      <TextField
        select
        margin="none"
        label="Provider of numbers without one"
        disabled={isBusy}
        value={provider ?? FOUND}
        onChange={({ target }) =>
          form.setProvider(target.value === FOUND ? null : (target.value as PhoneNumberProvider))
        }
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value={FOUND}>{byHeader}</MenuItem>
        {choicesOf(providerLabels, phoneNumberProviders).map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      {file && (
        <TextField
          select
          margin="none"
          label="Encoding of the file"
          disabled={isBusy}
          value={encoding ?? FOUND}
          onChange={({ target }) => void form.setEncoding(target.value === FOUND ? null : target.value)}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        >
          <MenuItem value={FOUND}>{encoding === null ? byContent : 'Found by its content'}</MenuItem>
          {encodings.map((name) => (
            <MenuItem key={name} value={name}>
              {encodingName(name)}
            </MenuItem>
          ))}
        </TextField>
      )}
    </Box>
  );
};
