import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';

/** What a screen says when there is nothing yet, and what to do about it. */
export const EmptyState = ({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) => (
  <Box sx={{ textAlign: 'center', py: 5, px: 2 }}>
    <Typography variant="subtitle1" component="p" sx={{ fontWeight: 650 }} gutterBottom>
      {title}
    </Typography>
    <Typography variant="body2" color="textSecondary" sx={{ mb: children ? 2 : 0 }}>
      {hint}
    </Typography>
    {children}
  </Box>
);
