import UploadIcon from '@mui/icons-material/UploadFile';
import { Box, Button, Typography } from '@mui/material';
import type { ChangeEvent } from 'react';

interface FileDropProps {
  /** Whether a file hovers over it. */
  dragging: boolean;
  replaces: boolean;
  disabled: boolean;
  onTake: (files: FileList | null) => void;
}

/** Where a file is chosen. It may be dropped anywhere in the dialog. */
export const FileDrop = ({ dragging, replaces, disabled, onTake }: FileDropProps) => {
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    onTake(target.files);
    // Else the same file, mended meanwhile, could not be chosen again.
    target.value = '';
  };
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        gap: 1.5,
        alignItems: 'center',
        p: 1.5,
        border: '1px dashed',
        borderColor: dragging ? 'primary.main' : 'text.secondary',
        bgcolor: dragging ? 'action.hover' : undefined,
        borderRadius: 1,
      }}
    >
      <Button component="label" size="small" variant="outlined" startIcon={<UploadIcon />} disabled={disabled}>
        {replaces ? 'Choose another file' : 'Choose a file'}
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
          hidden
          disabled={disabled}
          onChange={choose}
        />
      </Button>
      <Typography variant="body2" color="textSecondary">
        or drop a CSV file here
      </Typography>
    </Box>
  );
};
