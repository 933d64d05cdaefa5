import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useNotify } from 'react-admin';
import { PASSWORD_LENGTH } from '#contracts';
import { changeOwnPassword } from '../providers/session';
import { PasswordField } from '../shared/PasswordField';
import { useAttempt } from '../shared/useAttempt';

export const ChangePasswordDialog = ({ onClose }: { onClose: () => void }) => {
  const notify = useNotify();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [refusal, busy, attempt] = useAttempt();
  const errors = refusal?.errors ?? {};

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
            {refusal && Object.keys(errors).length === 0 && <Alert severity="error">{refusal.message}</Alert>}
            <PasswordField
              label="Current password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
              error={'currentPassword' in errors}
              helperText={said(errors['currentPassword'])}
              autoComplete="current-password"
              autoFocus
            />
            <PasswordField
              label="New password"
              value={next}
              onChange={(event) => setNext(event.target.value)}
              error={'newPassword' in errors}
              helperText={said(errors['newPassword']) ?? `At least ${PASSWORD_LENGTH.min} characters`}
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

/** What the API says of a field, as a sentence below it. */
const said = (error: string | undefined) => error && `It ${error}`;
