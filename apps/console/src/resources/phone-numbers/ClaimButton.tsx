import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { type ReactNode, useState } from 'react';
import type { PhoneNumberView } from '#contracts';
import { ClientPicker } from '../../shared/ClientPicker';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';

/** Takes a number out of the pool, for the organization or for one of its clients. */
export const ClaimButton = ({ number, icon }: { number: PhoneNumberView; icon: ReactNode }) => {
  const [open, setOpen] = useState(false);
  const [clientId, setClientId] = useState<string | null>(null);
  const [run, busy] = useVerb();
  const shown = spaced(number.phoneNumber);
  const claim = async () => {
    if (await run((api) => api.claim(number.id, clientId), `${shown} is yours`)) setOpen(false);
  };
  return (
    <>
      <Button size="small" color="inherit" startIcon={icon} aria-label={`Claim ${shown}`} onClick={() => setOpen(true)}>
        Claim
      </Button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="claim-title">
          <DialogTitle id="claim-title">Claim {shown}?</DialogTitle>
          <DialogContent>
            <Stack spacing={2}>
              <Typography>The number leaves the pool and is your organization's until you release it.</Typography>
              <ClientPicker value={clientId} onChange={setClientId} />
            </Stack>
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="contained" loading={busy} onClick={() => void claim()}>
              Claim
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
};
