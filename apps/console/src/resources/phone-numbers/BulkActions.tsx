import {
  Alert,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  Stack,
  TextField,
  Typography,
} from '@mui/material';
import { useState } from 'react';
import { useDataProvider, useListContext, useNotify, useUnselectAll } from 'react-admin';
import type { AgentView, BulkOperation, BulkResultView, PhoneNumberView } from '#contracts';
import type { BulkRequest, ConsoleDataProvider } from '../../providers/dataProvider';
import { useMay } from '../../shared/permissions';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';
import { AgentPicker } from './AgentPicker';

const labels: Partial<Record<BulkOperation, string>> = {
  distribute: 'Assign',
  unassign: 'Unassign',
  claim: 'Claim',
  release: 'Release',
  tag: 'Tag',
  activate: 'Activate',
  deactivate: 'Deactivate',
  delete: 'Delete',
};
const SHOWN = 5;

/** What is done to the selected numbers: first what would happen, then, once that was seen, the doing. */
export const BulkActions = () => {
  const { selectedIds, filterValues } = useListContext<PhoneNumberView>();
  const [operation, setOperation] = useState<BulkOperation | null>(null);
  const assigns = useMay('assignments:write');
  const own = ['distribute', 'unassign', 'tag', 'activate', 'deactivate', 'release', 'delete'] as const;
  const offered: readonly BulkOperation[] = (filterValues as { inPool?: boolean }).inPool ? ['claim'] : own;
  return (
    <>
      {offered
        .filter((each) => assigns || (each !== 'distribute' && each !== 'unassign'))
        .map((each) => (
          <Button key={each} size="small" onClick={() => setOperation(each)}>
            {labels[each]}
          </Button>
        ))}
      {operation && (
        <BulkDialog operation={operation} ids={selectedIds as string[]} onClose={() => setOperation(null)} />
      )}
    </>
  );
};

interface BulkDialogProps {
  operation: BulkOperation;
  ids: string[];
  onClose: () => void;
}

const BulkDialog = ({ operation, ids, onClose }: BulkDialogProps) => {
  const api = useDataProvider<ConsoleDataProvider>();
  const notify = useNotify();
  const unselectAll = useUnselectAll('phone-numbers');
  const [run, busy] = useVerb();
  const [tags, setTags] = useState('');
  const [agents, setAgents] = useState<AgentView[]>([]);
  const [limit, setLimit] = useState('');
  const [preview, setPreview] = useState<BulkResultView | null>(null);
  const label = labels[operation]!;
  const tagList = tags.split(',').flatMap((tag) => tag.trim() || []);
  const isReady =
    (operation !== 'tag' || tagList.length > 0) &&
    (operation !== 'distribute' || (agents.length > 0 && /^\d{0,6}$/.test(limit)));
  const request: BulkRequest = {
    operation,
    ids,
    ...(operation === 'tag' && { tags: tagList }),
    ...(operation === 'distribute' && {
      agentIds: agents.map(({ id }) => id),
      ...(limit !== '' && { dailyLimit: Number(limit) }),
    }),
  };

  const show = async () => {
    try {
      setPreview(await api.bulk({ ...request, preview: true }));
    } catch (error) {
      notify(error instanceof Error ? error.message : 'That did not work. Try again.', { type: 'error' });
    }
  };
  const carryOut = async () => {
    if (await run((provider) => provider.bulk(request), `${label}: done`)) {
      unselectAll();
      onClose();
    }
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="bulk-title">
      <DialogTitle id="bulk-title">
        {label} {ids.length === 1 ? 'one number' : `${ids.length} numbers`}
      </DialogTitle>
      <DialogContent>
        <Stack spacing={2} sx={{ pt: 1 }}>
          {operation === 'tag' && !preview && (
            <TextField
              label="Tags"
              value={tags}
              onChange={(event) => setTags(event.target.value)}
              helperText="Separated by commas"
              autoFocus
            />
          )}
          {operation === 'distribute' && !preview && (
            <>
              <AgentPicker value={agents} onChange={setAgents} />
              <TextField
                label="Calls a day from each number"
                value={limit}
                onChange={(event) => setLimit(event.target.value.trim())}
                helperText="Empty takes the default of the organization. Several agents get an even share of the numbers."
              />
            </>
          )}
          {preview ? (
            <Preview result={preview} />
          ) : (
            <Typography>First see what would happen. Nothing changes yet.</Typography>
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        {preview ? (
          <Button
            variant="contained"
            color={operation === 'delete' ? 'error' : 'primary'}
            loading={busy}
            disabled={preview.done === 0}
            onClick={() => void carryOut()}
          >
            {label} {preview.done}
          </Button>
        ) : (
          <Button variant="contained" disabled={!isReady} onClick={() => void show()}>
            Preview
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
};

const Preview = ({ result }: { result: BulkResultView }) => {
  const refused = result.items.filter(({ outcome }) => outcome === 'refused');
  const shares = new Map<string, number>();
  for (const { agentName, outcome } of result.items) {
    if (agentName && outcome === 'done') shares.set(agentName, (shares.get(agentName) ?? 0) + 1);
  }
  return (
    <>
      <Typography>
        {result.done} will change, {result.unchanged} are so already, {result.refused} cannot.
      </Typography>
      {shares.size > 0 && (
        <Typography color="textSecondary">
          {[...shares].map(([name, count]) => `${name}: ${count}`).join(' · ')}
        </Typography>
      )}
      {refused.slice(0, SHOWN).map(({ id, phoneNumber, message }) => (
        <Alert key={id} severity="warning">
          {message ?? (phoneNumber && spaced(phoneNumber))}
        </Alert>
      ))}
      {refused.length > SHOWN && <Typography color="textSecondary">and {refused.length - SHOWN} more</Typography>}
    </>
  );
};
