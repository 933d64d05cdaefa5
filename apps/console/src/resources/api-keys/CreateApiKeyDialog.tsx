import {
  Alert,
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  FormGroup,
  Stack,
  TextField,
  Typography,
} from '@mui/material';
import { useState } from 'react';
import { apiKeyScopes, type ApiKeyScope, permissions } from '#contracts';
import { useNotify } from 'react-admin';
import { useVerb } from '../../shared/useVerb';

/** Makes a key and shows it the only time that it can be seen. */
export const CreateApiKeyDialog = ({ onClose }: { onClose: () => void }) => {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ApiKeyScope[]>(['calls:authorize', 'calls:settle']);
  const [key, setKey] = useState<string | null>(null);
  const [run, busy] = useVerb();
  const notify = useNotify();

  const toggle = (scope: ApiKeyScope) =>
    setScopes((chosen) => (chosen.includes(scope) ? chosen.filter((other) => other !== scope) : [...chosen, scope]));

  const create = () =>
    run(async (api) => {
      const { data } = await api.create<{ id: string; key: string }>('api-keys', {
        data: { name: name.trim(), scopes },
      });
      setKey(data.key);
    }, 'The key is made. Copy it now.');

  const copy = async () => {
    await navigator.clipboard.writeText(key ?? '');
    notify('Copied', { type: 'info' });
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="create-key-title">
      <DialogTitle id="create-key-title">{key ? 'Copy your key' : 'Create an API key'}</DialogTitle>
      <DialogContent>
        {key ? (
          <Stack spacing={2} sx={{ pt: 1 }}>
            <Alert severity="warning">This is the only time that the key is shown.</Alert>
            <TextField
              label="API key"
              value={key}
              slotProps={{ input: { readOnly: true, sx: { fontFamily: 'ui-monospace, monospace' } } }}
              onFocus={(event) => event.target.select()}
            />
            <Typography variant="body2" component="pre" sx={{ whiteSpace: 'pre-wrap', wordBreak: 'break-all' }}>
              {`curl -s ${window.location.origin}/api/v1/call-gate/authorize -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '{"agentId":"…","destination":"+14165550123"}'`}
            </Typography>
          </Stack>
        ) : (
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField
              label="Name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              helperText="What uses the key, such as “Dialer EU”"
              autoFocus
            />
            <FormGroup>
              {apiKeyScopes.map((scope) => (
                <FormControlLabel
                  key={scope}
                  control={<Checkbox size="small" checked={scopes.includes(scope)} onChange={() => toggle(scope)} />}
                  label={permissions[scope]}
                />
              ))}
            </FormGroup>
          </Stack>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{key ? 'Done' : 'Cancel'}</Button>
        {key ? (
          <Button variant="contained" onClick={() => void copy()}>
            Copy
          </Button>
        ) : (
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
