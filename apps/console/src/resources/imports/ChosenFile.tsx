import CloseIcon from '@mui/icons-material/Close';
import FileIcon from '@mui/icons-material/DescriptionOutlined';
import { Box, IconButton, Tooltip, Typography } from '@mui/material';
import { formatInteger } from '../../shared/figures';

const KB = 1_024;

/** 900 bytes, 12 kB, 3.4 MB */
function sizeOf(bytes: number): string {
  if (bytes < KB) return `${bytes} bytes`;
  return bytes < KB * KB ? `${formatInteger(Math.round(bytes / KB))} kB` : `${(bytes / KB / KB).toFixed(1)} MB`;
}

interface ChosenFileProps {
  file: File;
  disabled: boolean;
  onRemove: () => void;
}

/** The file that will be sent as it is. */
export const ChosenFile = ({ file, disabled, onRemove }: ChosenFileProps) => (
  <Box
    role="group"
    aria-label="Chosen file"
    sx={{ display: 'flex', alignItems: 'center', gap: 1, flex: '1 1 240px', minWidth: 0 }}
  >
    <FileIcon color="action" />
    <Box sx={{ flexGrow: 1, minWidth: 0 }}>
      <Typography sx={{ overflowWrap: 'anywhere', fontWeight: 600 }}>{file.name}</Typography>
      <Typography variant="body2" color="textSecondary">
        {sizeOf(file.size)}
      </Typography>
    </Box>
    <Tooltip title="Remove file">
      <span>
        <IconButton aria-label="Remove file" disabled={disabled} onClick={onRemove}>
          <CloseIcon />
        </IconButton>
      </span>
    </Tooltip>
  </Box>
);
