import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useGetIdentity, useNotify } from 'react-admin';
import { changeOwnName } from '../providers/session';
import { fieldRefusal, useAttempt } from '../shared/useAttempt';

const LONGEST = 200;

export const OwnNameDialog = ({ onClose }: { onClose: () => void }) => {
  const { identity, refetch } = useGetIdentity();
  const notify = useNotify();
  const [name, setName] = useState(identity?.fullName ?? '');
  const { refusal, busy, attempt } = useAttempt();

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await attempt(() => changeOwnName(name.trim())))) return;
    void refetch?.();
    notify('Your name is saved', { type: 'success' });
    onClose();
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="own-name-title">
      <form onSubmit={(event) => void save(event)} noValidate>
        <DialogTitle id="own-name-title">Your name</DialogTitle>
        <DialogContent>
          <TextField
            label="Name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={refusal !== null}
            helperText={
              refusal
                ? (fieldRefusal(refusal, 'name') ?? refusal.message)
                : 'Every organization that you belong to sees it'
            }
            slotProps={{ htmlInput: { maxLength: LONGEST } }}
            autoComplete="name"
            autoFocus
            fullWidth
            sx={{ mt: 1 }}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" loading={busy} disabled={name.trim() === ''}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
};
