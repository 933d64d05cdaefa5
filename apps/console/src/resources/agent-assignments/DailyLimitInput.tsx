import { TextField } from '@mui/material';

const MOST = 1_000_000;

export const isDailyLimit = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= MOST;

export const DailyLimitInput = ({ value, onChange }: { value: string; onChange: (value: string) => void }) => (
  <TextField
    label="Daily limit"
    value={value}
    onChange={(event) => onChange(event.target.value.trim())}
    error={!isDailyLimit(value)}
    helperText={isDailyLimit(value) ? 'Calls from this number on one day' : `A whole number from 0 to ${MOST}`}
    slotProps={{ htmlInput: { inputMode: 'numeric' } }}
  />
);
