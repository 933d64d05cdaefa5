import UndoIcon from '@mui/icons-material/Undo';
import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogContentText,
  DialogTitle,
  MenuItem,
  TextField,
} from '@mui/material';
import { useState } from 'react';
import { type DecisionView, type VoidReason, voidReasons } from '#contracts';
import { voidReasonLabels } from '../../shared/labels';
import { useMay } from '../../shared/permissions';
import { useVerb } from '../../shared/useVerb';

/** Gives a call back that was never placed. The server says who may, and for how long. */
export const VoidButton = ({ decision, onDone }: { decision: DecisionView; onDone: () => void }) => {
  const settles = useMay('calls:settle');
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState<VoidReason>('not_dialed');
  const [run, busy] = useVerb();
  if (!settles || decision.status !== 'authorized') return null;
  const confirm = async () => {
    if (await run((api) => api.voidCall(decision.id, reason), 'The call is voided and no longer counts')) {
      setOpen(false);
      onDone();
    }
  };
  return (
    <>
      <Button
        color="warning"
        variant="outlined"
        size="small"
        startIcon={<UndoIcon />}
        sx={{ alignSelf: 'start' }}
        onClick={() => setOpen(true)}
      >
        Void this call
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} aria-labelledby="void-title">
        <DialogTitle id="void-title">Void this call?</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 2 }}>
            It no longer counts against the daily limit. Only for calls that were never placed; this cannot be undone.
          </DialogContentText>
          <TextField
            select
            fullWidth
            label="Reason"
            value={reason}
            onChange={(event) => setReason(event.target.value as VoidReason)}
          >
            {voidReasons.map((code) => (
              <MenuItem key={code} value={code}>
                {voidReasonLabels[code]}
              </MenuItem>
            ))}
          </TextField>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button color="warning" variant="contained" loading={busy} onClick={() => void confirm()}>
            Void
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
};
