import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { formatInteger } from '../../shared/figures';
import { uploadColumnLabels } from '../../shared/labels';
import { encodingName, separatorName } from './readingWords';
import type { UploadHead } from './uploadHead';
import type { LaidOutColumn, UploadLayout } from './uploadLayout';

const ROWS = 5;
const CELL = { whiteSpace: 'nowrap', maxWidth: 260, overflow: 'hidden', textOverflow: 'ellipsis' } as const;

interface UploadPreviewProps {
  head: UploadHead;
  layout: UploadLayout | null;
}

/** How the first lines will be read. Only a preview: the server decides. */
export const UploadPreview = ({ head, layout }: UploadPreviewProps) => {
  if (head.records.length === 0) return null;
  const rows = head.records.slice(layout?.hasHeader ? 1 : 0).slice(0, ROWS);
  return (
    <Box>
      <Typography variant="caption" color="textSecondary">
        {head.lines === null
          ? 'The first lines:'
          : `${formatInteger(head.lines)} ${head.lines === 1 ? 'line:' : 'lines, the first of them:'}`}{' '}
        Values are between {separatorName(head.separator)}
        {head.encoding !== null && `, letters are ${encodingName(head.encoding)}`}.
      </Typography>
      <Box sx={{ overflowX: 'auto' }}>
        <Table size="small" aria-label="Preview">
          {layout && <HeadRow columns={layout.columns} />}
          <TableBody>
            {rows.map((cells, line) => (
              <TableRow key={line}>
                {cells.map((cell, column) => (
                  <TableCell
                    key={column}
                    sx={{ ...CELL, color: isLeftOut(layout, column) ? 'text.disabled' : undefined }}
                  >
                    {cell}
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Box>
    </Box>
  );
};

const isLeftOut = (layout: UploadLayout | null, index: number): boolean => layout?.columns[index]?.column === null;

/** What each column is called in the file, and what it is read as where that is something else. */
const HeadRow = ({ columns }: { columns: LaidOutColumn[] }) => (
  <TableHead>
    <TableRow>
      {columns.map(({ name, column }, index) => (
        <TableCell key={index} sx={{ ...CELL, verticalAlign: 'top', lineHeight: 1.4 }}>
          {name !== '' && (
            <Box component="span" sx={{ display: 'block' }}>
              {name}
            </Box>
          )}
          <Typography variant="caption" color="textSecondary">
            {column ? uploadColumnLabels[column] : 'Left out'}
          </Typography>
        </TableCell>
      ))}
    </TableRow>
  </TableHead>
);
