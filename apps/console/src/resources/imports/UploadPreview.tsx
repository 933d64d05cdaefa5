import { Box, Table, TableBody, TableCell, TableRow, Typography } from '@mui/material';
import Papa from 'papaparse';

const ROWS = 5;

/** How the first lines will be read. Only a preview: the server decides. */
export const UploadPreview = ({ text }: { text: string }) => {
  if (text.trim() === '') return null;
  const { data } = Papa.parse<string[]>(text, { preview: ROWS, skipEmptyLines: true });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '').length;
  return (
    <Box sx={{ overflowX: 'auto' }}>
      <Typography variant="caption" color="textSecondary">
        {lines.toLocaleString('en')} lines, the first of them:
      </Typography>
      <Table size="small" aria-label="Preview">
        <TableBody>
          {data.map((cells, line) => (
            <TableRow key={line}>
              {cells.map((cell, column) => (
                <TableCell key={column}>{cell}</TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
};
