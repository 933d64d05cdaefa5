import UploadIcon from '@mui/icons-material/UploadFile';
import { Box, Button, Typography } from '@mui/material';
import { type ChangeEvent, type ReactNode, useRef } from 'react';

interface FileDropProps {
  /** Whether a file hovers over it. */
  dragging: boolean;
  /** The file that is there already. */
  chosen: ReactNode;
  disabled: boolean;
  onTake: (files: FileList | null) => void;
}

/** Where a file is chosen. It may be dropped anywhere in the dialog. */
export const FileDrop = ({ dragging, chosen, disabled, onTake }: FileDropProps) => {
  const input = useRef<HTMLInputElement>(null);
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
        px: 1.5,
        py: chosen ? 1 : 1.5,
        border: '1px dashed',
        borderColor: dragging ? 'primary.main' : 'text.secondary',
        bgcolor: dragging ? 'action.hover' : undefined,
        borderRadius: 1,
      }}
    >
      {chosen}
      <Button
        size="small"
        variant="outlined"
        startIcon={<UploadIcon />}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        {chosen ? 'Choose another file' : 'Choose a file'}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
        hidden
        onChange={choose}
      />
      {!chosen && (
        <Typography variant="body2" color="textSecondary">
          or drop a CSV file here
        </Typography>
      )}
    </Box>
  );
};
