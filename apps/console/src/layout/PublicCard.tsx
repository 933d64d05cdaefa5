import { Box, Card, CardContent, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Logo } from './Logo';

interface PublicCardProps {
  /** What the page is headed by, when it has no heading of its own. */
  isHeading?: boolean;
  children: ReactNode;
}

/** A page for who is not signed in: one card in the middle. */
export const PublicCard = ({ isHeading = false, children }: PublicCardProps) => (
  <Box
    component="main"
    sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2, bgcolor: 'background.default' }}
  >
    <Card sx={{ width: '100%', maxWidth: 400 }}>
      <CardContent>
        <Stack spacing={2.5} sx={{ p: 1 }}>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, color: 'primary.main' }}>
            <Logo size={36} />
            <Typography variant="h5" component={isHeading ? 'h1' : 'p'} sx={{ color: 'text.primary' }}>
              Ringfence
            </Typography>
          </Box>
          {children}
        </Stack>
      </CardContent>
    </Card>
  </Box>
);
