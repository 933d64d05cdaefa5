import { TextField } from '@mui/material';
import { formatInteger } from '../shared/figures';

const MOST = 1_000_000;

export const isPoolQuota = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= MOST;

interface PoolQuotaInputProps {
  value: string;
  onChange: (value: string) => void;
  /** Only platform administrators change it. */
  mayChange: boolean;
}

export const PoolQuotaInput = ({ value, onChange, mayChange }: PoolQuotaInputProps) => {
  const help = mayChange
    ? 'How many the organization may hold, claimed or reserved'
    : 'How many your organization may hold, claimed or reserved. The platform administrator changes it.';
  return (
    <TextField
      label="Numbers of the pool"
      value={mayChange ? value : formatInteger(Number(value))}
      onChange={(event) => onChange(event.target.value.trim())}
      error={!isPoolQuota(value)}
      helperText={isPoolQuota(value) ? help : `A whole number from 0 to ${formatInteger(MOST)}`}
      slotProps={{ htmlInput: { inputMode: 'numeric', readOnly: !mayChange } }}
    />
  );
};
