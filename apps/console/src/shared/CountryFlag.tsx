import { Box } from '@mui/material';
import { lazy, Suspense } from 'react';
import { countryName } from './countries';

const FlagImage = lazy(() => import('./FlagImage'));

/** A flag that says its country to those who point at it and to those who cannot see it. */
export const CountryFlag = ({ code }: { code: string | null | undefined }) => (
  <Box
    component="span"
    role="img"
    aria-label={code ? countryName(code) : 'No country'}
    title={code ? countryName(code) : 'No country'}
    sx={{ display: 'inline-block', width: '1.35em', minHeight: '0.9em', verticalAlign: '-0.1em' }}
  >
    {code && (
      <Suspense fallback={null}>
        <FlagImage code={code} />
      </Suspense>
    )}
  </Box>
);
