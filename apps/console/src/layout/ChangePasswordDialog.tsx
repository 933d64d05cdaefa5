import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useNotify } from 'react-admin';
import { PASSWORD_LENGTH } from '#contracts';
import { changeOwnPassword } from '../providers/session';
import { PasswordField } from '../shared/PasswordField';
import { fieldRefusal, refusalBesides, useAttempt } from '../shared/useAttempt';

const FIELDS = ['currentPassword', 'newPassword'];

export const ChangePasswordDialog = ({ onClose }: { onClose: () => void }) => {
  const notify = useNotify();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const { refusal, busy, attempt } = useAttempt();
  const [wrong, weak] = FIELDS.map((field) => fieldRefusal(refusal, field));
  const problem = refusalBesides(refusal, FIELDS);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await attempt(() => changeOwnPassword(current, next)))) return;
    notify('Your password is changed. You are signed out everywhere else.', { type: 'success' });
    onClose();
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="change-password-title">
      <form onSubmit={(event) => void save(event)} noValidate>
        <DialogTitle id="change-password-title">Change password</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {problem && <Alert severity="error">{problem}</Alert>}
            <PasswordField
              label="Current password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
              error={wrong !== undefined}
              helperText={wrong}
              autoComplete="current-password"
              autoFocus
            />
            <PasswordField
              label="New password"
              value={next}
              onChange={(event) => setNext(event.target.value)}
              error={weak !== undefined}
              helperText={weak ?? `At least ${PASSWORD_LENGTH.min} characters`}
              autoComplete="new-password"
            />
            <Alert severity="info">Every other session of yours ends, on all devices. This one goes on.</Alert>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" loading={busy} disabled={current === '' || next === ''}>
            Change
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
};
