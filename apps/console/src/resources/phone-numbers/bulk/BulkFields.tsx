import { FormControlLabel, Switch, TextField } from '@mui/material';
import type { AgentView, BulkOperation } from '#contracts';
import { ClientPicker } from '../../../shared/ClientPicker';
import { AgentPicker } from '../AgentPicker';

/** What an operation needs to know besides the numbers. */
export interface BulkValues {
  tags: string;
  agents: AgentView[];
  limit: string;
  reassign: boolean;
  clientId: string | null;
}

export const NO_VALUES: BulkValues = { tags: '', agents: [], limit: '', reassign: false, clientId: null };

const tagsOf = (text: string) => text.split(',').flatMap((tag) => tag.trim() || []);

export const needsFields = (operation: BulkOperation): boolean =>
  ['assign', 'distribute', 'tag', 'untag', 'claim'].includes(operation);

/** The fields as the API takes them; null while something is missing. */
export function bulkParameters(operation: BulkOperation, values: BulkValues): object | null {
  const { agents, limit, reassign, clientId } = values;
  switch (operation) {
    case 'tag':
    case 'untag': {
      const tags = tagsOf(values.tags);
      return tags.length > 0 ? { tags } : null;
    }
    case 'claim':
      return clientId === null ? {} : { clientId };
    case 'assign':
    case 'distribute': {
      const [first] = agents;
      if (!first || !/^\d{0,6}$/.test(limit)) return null;
      const whose = operation === 'assign' ? { agentId: first.id } : { agentIds: agents.map(({ id }) => id) };
      return { ...whose, reassign, ...(limit !== '' && { dailyLimit: Number(limit) }) };
    }
    default:
      return {};
  }
}

interface BulkFieldsProps {
  operation: BulkOperation;
  values: BulkValues;
  onChange: (values: BulkValues) => void;
}

export const BulkFields = ({ operation, values, onChange }: BulkFieldsProps) => {
  const set = (changed: Partial<BulkValues>) => onChange({ ...values, ...changed });
  if (operation === 'claim') {
    return <ClientPicker value={values.clientId} onChange={(clientId) => set({ clientId })} />;
  }
  if (operation === 'tag' || operation === 'untag') {
    return (
      <TextField
        label="Tags"
        value={values.tags}
        onChange={(event) => set({ tags: event.target.value })}
        helperText="Separated by commas"
        autoFocus
      />
    );
  }
  if (operation !== 'assign' && operation !== 'distribute') return null;
  const one = operation === 'assign';
  return (
    <>
      <AgentPicker
        label={one ? 'Agent' : 'Agents'}
        value={values.agents}
        onChange={(agents) => set({ agents: one ? agents.slice(-1) : agents })}
      />
      <TextField
        label="Calls a day from each number"
        value={values.limit}
        onChange={(event) => set({ limit: event.target.value.trim() })}
        error={!/^\d{0,6}$/.test(values.limit)}
        helperText={`Empty takes the default of the organization.${one ? '' : ' Each agent gets an even share of the numbers.'}`}
        slotProps={{ htmlInput: { inputMode: 'numeric' } }}
      />
      <FormControlLabel
        control={<Switch checked={values.reassign} onChange={(_, reassign) => set({ reassign })} />}
        label="Take numbers away from the agents that have them"
      />
    </>
  );
};
