import CloseIcon from '@mui/icons-material/Close';
import { Box, IconButton, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { useListContext } from 'react-admin';
import { formatInteger } from '../../../shared/figures';

/**
 * The selection on narrow screens. It stays at the lower edge of the screen, for cards are long and the top of the list is
 * far away; and its buttons go to a second line where one has no room, which the bar of a table does not.
 */
export const BarBelow = ({ children }: { children: ReactNode }) => {
  const { selectedIds, onUnselectItems } = useListContext();
  return (
    <Box
      role="region"
      aria-label="Selection"
      sx={{
        position: 'sticky',
        bottom: 0,
        zIndex: 3,
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        columnGap: 0.5,
        px: 1,
        py: 0.75,
        borderTop: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
      }}
    >
      <IconButton size="small" color="primary" aria-label="Unselect" onClick={() => onUnselectItems()}>
        <CloseIcon fontSize="small" />
      </IconButton>
      <Typography role="status" sx={{ flexGrow: 1 }}>
        {formatInteger(selectedIds.length)} selected
      </Typography>
      {children}
    </Box>
  );
};
