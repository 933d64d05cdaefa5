import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControl,
  FormControlLabel,
  FormGroup,
  FormLabel,
  Stack,
  TextField,
} from '@mui/material';
import { useState } from 'react';
import { apiKeyScopes, type ApiKeyScope, type NewApiKeyView, permissions } from '#contracts';
import { useVerb } from '../../shared/useVerb';
import { NewApiKey } from './NewApiKey';

/** Makes a key and shows it the only time that it can be seen. */
export const CreateApiKeyDialog = ({ onClose }: { onClose: () => void }) => {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ApiKeyScope[]>(['calls:authorize', 'calls:settle']);
  const [key, setKey] = useState<string | null>(null);
  const [run, busy] = useVerb();

  const toggle = (scope: ApiKeyScope) =>
    setScopes((chosen) => (chosen.includes(scope) ? chosen.filter((other) => other !== scope) : [...chosen, scope]));

  const create = () =>
    run(async (api) => {
      const { data } = await api.create<NewApiKeyView>('api-keys', {
        data: { name: name.trim(), scopes },
      });
      setKey(data.key);
    }, 'The key is made. Copy it now.');

  // A key that is shown once does not vanish by a click beside it.
  return (
    <Dialog open onClose={key ? undefined : onClose} fullWidth maxWidth="sm" aria-labelledby="create-key-title">
      <DialogTitle id="create-key-title">{key ? 'Copy your key' : 'Create an API key'}</DialogTitle>
      <DialogContent>
        {key ? (
          <NewApiKey apiKey={key} />
        ) : (
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField
              label="Name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              helperText="What uses the key, such as “Dialer EU”"
              autoFocus
            />
            <FormControl component="fieldset">
              <FormLabel component="legend" sx={{ fontSize: '0.875rem' }}>
                What the key may do
              </FormLabel>
              <FormGroup>
                {apiKeyScopes.map((scope) => (
                  <FormControlLabel
                    key={scope}
                    control={<Checkbox size="small" checked={scopes.includes(scope)} onChange={() => toggle(scope)} />}
                    label={permissions[scope]}
                  />
                ))}
              </FormGroup>
            </FormControl>
          </Stack>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{key ? 'Done' : 'Cancel'}</Button>
        {!key && (
          <Button
            variant="contained"
            loading={busy}
            disabled={name.trim() === '' || scopes.length === 0}
            onClick={() => void create()}
          >
            Create
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
};
