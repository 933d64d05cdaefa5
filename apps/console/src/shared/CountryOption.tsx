import { Box } from '@mui/material';
import type { HTMLAttributes } from 'react';
import { countryName } from './countries';
import { CountryFlag } from './CountryFlag';

interface CountryOptionProps extends HTMLAttributes<HTMLLIElement> {
  code: string;
}

/** A country among others to choose from. */
export const CountryOption = ({ code, ...props }: CountryOptionProps) => (
  <Box component="li" {...props} sx={{ gap: 1 }}>
    <CountryFlag code={code} /> {countryName(code)}
  </Box>
);
