import { Alert, Box, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { type ImportOperation, importOperations } from '#contracts';
import { importOperationLabels } from '../../shared/labels';
import { useMay } from '../../shared/permissions';
import type { UploadForm } from './useUploadForm';

const WARNINGS = {
  delete:
    'Every number of the file is deleted. One that an agent calls from or answers is refused: unassign and disconnect it first.',
  unassign: 'Every number of the file is taken from its agent, which can no longer call from it. Its counter is kept.',
} as const satisfies Partial<Record<ImportOperation, string>>;

/** What the upload does with the numbers of its file, and a warning where that takes something away. */
export const UploadOperation = ({ form: { operation, setOperation, isBusy } }: { form: UploadForm }) => {
  const mayAssign = useMay('assignments:write');
  const offered = importOperations.filter((each) => each !== 'unassign' || mayAssign);
  return (
    <>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={operation}
        disabled={isBusy}
        aria-label="What to do with the numbers"
        onChange={(_, chosen: ImportOperation | null) => chosen !== null && setOperation(chosen)}
        sx={{ alignSelf: 'flex-start' }}
      >
        {offered.map((each) => (
          <ToggleButton key={each} value={each} sx={{ textTransform: 'none' }}>
            <Operation name={importOperationLabels[each]} />
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {operation === 'register' ? (
        <Typography variant="body2" color="textSecondary">
          One number a line: number, provider, country. A header line is fine.
        </Typography>
      ) : (
        <Alert severity="warning">{WARNINGS[operation]} One number a line is enough; other columns are left out.</Alert>
      )}
    </>
  );
};

const ONLY_READ_ALOUD = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
};

/** The verb, and on screens with room for three of them "numbers" as well; it is read aloud on all. */
const Operation = ({ name }: { name: string }) => {
  const [verb, ...object] = name.split(' ');
  return (
    <>
      {verb}
      <Box component="span" sx={(theme) => ({ whiteSpace: 'pre', [theme.breakpoints.down('sm')]: ONLY_READ_ALOUD })}>
        {` ${object.join(' ')}`}
      </Box>
    </>
  );
};
