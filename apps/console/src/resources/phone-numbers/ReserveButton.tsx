import EventIcon from '@mui/icons-material/EventAvailableOutlined';
import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  MenuItem,
  Stack,
  TextField,
  Typography,
} from '@mui/material';
import { useState } from 'react';
import type { PhoneNumberView } from '#contracts';
import { formatDateTime } from '../../shared/formatDateTime';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';

const HOUR = 60;
const DAY = 24 * HOUR;

/** In minutes; the API takes a week at most. */
const periods: [minutes: number, words: string][] = [
  [HOUR, '1 hour'],
  [4 * HOUR, '4 hours'],
  [DAY, '1 day'],
  [3 * DAY, '3 days'],
  [7 * DAY, '1 week'],
];

/** Keeps a number of the pool for the organization for a while; by itself the reservation ends by the clock. */
export const ReserveButton = ({ number }: { number: PhoneNumberView }) => {
  const [open, setOpen] = useState(false);
  const [minutes, setMinutes] = useState(DAY);
  const [run, busy] = useVerb();
  const shown = spaced(number.phoneNumber);
  const label = number.reservedByUs ? 'Prolong' : 'Reserve';
  const reserve = async () => {
    if (await run((api) => api.reserve(number.id, minutes), `${shown} is reserved`)) setOpen(false);
  };
  return (
    <>
      <Button
        size="small"
        color="inherit"
        startIcon={<EventIcon />}
        aria-label={`${label} ${shown}`}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="reserve-title">
          <DialogTitle id="reserve-title">
            {label} {shown}
          </DialogTitle>
          <DialogContent>
            <Stack spacing={2} sx={{ pt: 1 }}>
              <Typography>Until then nobody else can claim the number. You can claim it at any time.</Typography>
              <TextField
                select
                label="For"
                value={minutes}
                onChange={(event) => setMinutes(Number(event.target.value))}
                helperText={`Until about ${formatDateTime(Date.now() + minutes * 60_000)}`}
              >
                {periods.map(([value, name]) => (
                  <MenuItem key={value} value={value}>
                    {name}
                  </MenuItem>
                ))}
              </TextField>
            </Stack>
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="contained" loading={busy} onClick={() => void reserve()}>
              {label}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
};
