import {
  Alert,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  LinearProgress,
  Stack,
  Typography,
} from '@mui/material';
import { useEffect, useRef, useState } from 'react';
import { useNotify, useRefresh, useUnselectAll } from 'react-admin';
import type { BulkOperation, BulkResultView } from '#contracts';
import { pluralize, formatInteger } from '../../../shared/figures';
import { chosenFilters } from '../poolFilter';
import { assignsNumbers, BulkFields, bulkParameters, needsFields, NO_VALUES } from './BulkFields';
import { BulkPreview } from './BulkPreview';
import { type BulkScope, operationLabels } from './bulkScope';
import { RulesInWords } from './RulesInWords';
import { useApi } from '../../../shared/useApi';

interface BulkDialogProps {
  operation: BulkOperation;
  scope: BulkScope;
  onClose: () => void;
}

/** One operation on many numbers: what it needs to know, then what would happen, and only then the doing. */
export const BulkDialog = ({ operation, scope, onClose }: BulkDialogProps) => {
  const [values, setValues] = useState(NO_VALUES);
  const { result, problem, busy, preview, carryOut, back, close } = useBulk(operation, scope, onClose);
  const parameters = bulkParameters(operation, values);
  const asks = needsFields(operation);
  const label = operationLabels[operation];

  // Nothing to fill in: what would happen is shown at once. Only one answer is wanted, however often React looks.
  const asked = useRef(false);
  useEffect(() => {
    if (asks || asked.current) return;
    asked.current = true;
    void preview({});
  });

  return (
    <Dialog open onClose={close} fullWidth maxWidth="sm" aria-labelledby="bulk-title">
      <DialogTitle id="bulk-title">
        {label}: {scope.description}
      </DialogTitle>
      <DialogContent>
        <Stack spacing={2} sx={{ pt: 1 }}>
          {'filter' in scope.target && !result && <Everything filter={scope.target.filter} />}
          {!result && <BulkFields operation={operation} values={values} onChange={setValues} />}
          {!result && asks && (
            <Typography color="textSecondary">First see what would happen. Nothing changes yet.</Typography>
          )}
          {busy && <LinearProgress aria-label="Under way" />}
          {problem && <Alert severity="error">{problem}</Alert>}
          {result && <BulkPreview result={result} />}
          {result?.preview && assignsNumbers(operation) && <RulesInWords chosen={values.rules} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>{result?.applied ? 'Close' : 'Cancel'}</Button>
        {result?.preview && asks && (
          <Button onClick={back} disabled={busy}>
            Back
          </Button>
        )}
        {result?.preview && (
          <Button
            variant="contained"
            color={operation === 'delete' ? 'error' : 'primary'}
            loading={busy}
            disabled={result.done === 0}
            onClick={() => void carryOut(result, parameters ?? {})}
          >
            {label} {formatInteger(result.done)}
          </Button>
        )}
        {!result && asks && (
          <Button
            variant="contained"
            loading={busy}
            disabled={parameters === null}
            onClick={() => void preview(parameters!)}
          >
            Preview
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
};

/** Without a filter, "all" is meant literally: that is worth a word. */
const Everything = ({ filter }: { filter: Record<string, unknown> }) => {
  if (Object.keys(chosenFilters(filter)).length > 0) return null;
  return (
    <Alert severity="warning">
      {filter['inPool']
        ? 'No filter is set: this means all that the pool offers.'
        : 'No filter is set: this means all your numbers.'}
    </Alert>
  );
};

/** Asks the API, shows why it refuses, and tells the list when something has changed. */
function useBulk(operation: BulkOperation, { target }: BulkScope, onClose: () => void) {
  const api = useApi();
  const notify = useNotify();
  const refresh = useRefresh();
  const unselectAll = useUnselectAll('phone-numbers');
  const [result, setResult] = useState<BulkResultView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const ask = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work. Try again.');
    } finally {
      setBusy(false);
    }
  };
  const preview = (parameters: object) =>
    ask(async () => setResult(await api.bulk({ operation, ...target, ...parameters, preview: true })));
  /** Does it to the numbers that were shown, for by now the filter may find others. */
  const carryOut = (shown: BulkResultView, parameters: object) =>
    ask(async () => {
      const ids = shown.items.filter(({ outcome }) => outcome === 'done').map(({ id }) => id);
      const done = await api.bulk({ operation, ids, ...parameters });
      notify(`${operationLabels[operation]}: ${pluralize(done.done, 'number')}`, {
        type: done.refused > 0 ? 'warning' : 'success',
      });
      refresh();
      if (done.refused > 0) return setResult(done);
      unselectAll();
      onClose();
    });
  const back = () => setResult(null);
  /** The selection stays until now: without it the bar that this dialog belongs to would be gone. */
  const close = () => {
    if (result?.applied) unselectAll();
    onClose();
  };
  return { result, problem, busy, preview, carryOut, back, close };
}
