import type { SxProps } from '@mui/material';

/** Three buttons stand in one line of a table, for which their words must do; elsewhere there is room for icons. */
export const actionsOfARow: SxProps = {
  flexWrap: 'wrap',
  columnGap: 0.5,
  justifyContent: { md: 'flex-end' },
  ml: { xs: -0.75, md: 0 },
  minWidth: { md: 208 },
  '& .MuiButton-root': { minWidth: { md: 0, xl: 64 } },
  '& .MuiButton-startIcon': { display: { md: 'none', xl: 'inherit' } },
};
