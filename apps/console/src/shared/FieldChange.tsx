import { Box, Typography } from '@mui/material';

interface FieldChangeProps {
  label: string;
  /** What the field held; null is not shown. */
  from: string | null;
  to: string;
}

/** An item of a list: what a field was and what it became. */
export const FieldChange = ({ label, from, to }: FieldChangeProps) => (
  <Typography component="li" variant="body2" sx={{ overflowWrap: 'anywhere' }}>
    <Box component="span" sx={{ color: 'text.secondary' }}>
      {label}:{' '}
    </Box>
    {from !== null && (
      <>
        <Box component="del" sx={{ color: 'text.secondary' }}>
          {from}
        </Box>
        {' → '}
      </>
    )}
    <Box component="ins" sx={{ textDecoration: 'none', fontWeight: 500 }}>
      {to}
    </Box>
  </Typography>
);
