import ExpandMoreIcon from '@mui/icons-material/ExpandMore';
import {
  Accordion,
  AccordionDetails,
  AccordionSummary,
  Box,
  MenuItem,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from '@mui/material';
import { useState } from 'react';
import { type ImportOperation, isReadTo, readableColumns, type UploadColumn } from '#contracts';
import { choicesOf, uploadColumnLabels } from '../../shared/labels';
import type { LaidOutColumn, UploadLayout } from './uploadLayout';

const LEAVE_OUT = 'leave-out';
const OPEN = '';
const choicesTo = (operation: ImportOperation) =>
  choicesOf(
    uploadColumnLabels,
    readableColumns.filter((column) => isReadTo(operation, column)),
  );

interface UploadColumnsProps {
  layout: UploadLayout;
  operation: ImportOperation;
  disabled: boolean;
  onChoose: (name: string, column: UploadColumn | null) => void;
}

/** What each column of the file will be read as. It opens by itself where the names in the file do not say it all. */
export const UploadColumns = ({ layout, operation, disabled, onChoose }: UploadColumnsProps) => {
  const [open, setOpen] = useState<boolean | null>(null);
  const listed = layout.columns.filter(({ isReport }) => !isReport);
  return (
    <Accordion
      expanded={open ?? layout.needsChoices}
      onChange={(_, expanded) => setOpen(expanded)}
      disableGutters
      variant="outlined"
      sx={{ '&&': { borderRadius: 1 }, '&::before': { display: 'none' } }}
    >
      <AccordionSummary expandIcon={<ExpandMoreIcon />} id="upload-columns" aria-controls="upload-columns-list">
        <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1, alignItems: 'baseline' }}>
          <Typography sx={{ fontWeight: 600 }}>Columns</Typography>
          <Typography variant="body2" color="textSecondary">
            {toldOf(listed)}
          </Typography>
        </Box>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 0, px: { xs: 1, sm: 2 }, maxHeight: 360, overflowY: 'auto' }}>
        <Table
          size="small"
          aria-label="Columns"
          sx={{ tableLayout: 'fixed', '& .MuiTableCell-root': { px: 1 }, '& tr:last-child td': { border: 0 } }}
        >
          <TableHead>
            <TableRow>
              <TableCell>In the file</TableCell>
              <TableCell sx={{ width: { xs: '58%', sm: 260 } }}>Read as</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {listed.map((column, index) => (
              <ColumnRow key={index} column={column} operation={operation} disabled={disabled} onChoose={onChoose} />
            ))}
          </TableBody>
        </Table>
      </AccordionDetails>
    </Accordion>
  );
};

function toldOf(columns: readonly LaidOutColumn[]): string {
  const read = columns.filter(({ column }) => column !== null).length;
  return read === columns.length ? 'all are read' : `${read} of ${columns.length} are read`;
}

interface ColumnRowProps {
  column: LaidOutColumn;
  operation: ImportOperation;
  disabled: boolean;
  onChoose: UploadColumnsProps['onChoose'];
}

const ColumnRow = ({ column: { name, example, column, isOpen }, operation, disabled, onChoose }: ColumnRowProps) => {
  const shown = name === '' ? 'Column without a name' : name;
  return (
    <TableRow>
      <TableCell>
        <Typography variant="body2" noWrap title={shown}>
          {shown}
        </Typography>
        <Typography variant="caption" component="div" color="textSecondary" noWrap title={example}>
          {example === '' ? 'empty' : example}
        </Typography>
      </TableCell>
      <TableCell>
        <TextField
          select
          size="small"
          fullWidth
          margin="none"
          disabled={disabled}
          error={isOpen}
          value={column ?? (isOpen ? OPEN : LEAVE_OUT)}
          onChange={({ target }) => onChoose(name, target.value === LEAVE_OUT ? null : (target.value as UploadColumn))}
          slotProps={{
            select: {
              displayEmpty: true,
              SelectDisplayProps: { 'aria-label': `Read ${shown} as` },
              sx: { fontSize: 14 },
            },
          }}
        >
          {isOpen && (
            <MenuItem value={OPEN} disabled>
              Choose
            </MenuItem>
          )}
          <MenuItem value={LEAVE_OUT}>Leave out</MenuItem>
          {choicesTo(operation).map(({ id, name: label }) => (
            <MenuItem key={id} value={id}>
              {label}
            </MenuItem>
          ))}
        </TextField>
      </TableCell>
    </TableRow>
  );
};
