import { Chip } from '@mui/material';

interface StateChipProps {
  label: string;
  color: 'default' | 'success' | 'warning' | 'info' | 'error';
}

export const StateChip = ({ label, color }: StateChipProps) => (
  <Chip size="small" variant="outlined" label={label} color={color} />
);
