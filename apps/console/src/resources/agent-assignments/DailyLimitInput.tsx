import { TextField } from '@mui/material';
import { formatInteger } from '../../shared/figures';

const MOST = 1_000_000;

export const isDailyLimit = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= MOST;

interface DailyLimitInputProps {
  label?: string;
  value: string;
  onChange: (value: string) => void;
}

export const DailyLimitInput = ({ label = 'Daily limit', value, onChange }: DailyLimitInputProps) => (
  <TextField
    label={label}
    value={value}
    onChange={(event) => onChange(event.target.value.trim())}
    error={!isDailyLimit(value)}
    helperText={
      isDailyLimit(value) ? 'Calls from one number on one day' : `A whole number from 0 to ${formatInteger(MOST)}`
    }
    slotProps={{ htmlInput: { inputMode: 'numeric' } }}
  />
);
