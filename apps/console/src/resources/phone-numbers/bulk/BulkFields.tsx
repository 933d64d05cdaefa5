import { FormControlLabel, Switch, TextField } from '@mui/material';
import type { AgentView, BulkOperation } from '#contracts';
import { ClientPicker } from '../../../shared/ClientPicker';
import { areRules, AssignmentRules, type Rules } from '../../agent-assignments/AssignmentRules';
import { useUsualRules } from '../../agent-assignments/useUsualRules';
import { AgentPicker } from '../AgentPicker';

/** What an operation needs to know besides the numbers. */
export interface BulkValues {
  tags: string;
  agents: AgentView[];
  /** Null until the user changes them: then they are what assignments of the organization start with. */
  rules: Rules | null;
  reassign: boolean;
  clientId: string | null;
}

export const NO_VALUES: BulkValues = { tags: '', agents: [], rules: null, reassign: false, clientId: null };

const tagsOf = (text: string) => text.split(',').flatMap((tag) => tag.trim() || []);

export const assignsNumbers = (operation: BulkOperation): boolean =>
  operation === 'assign' || operation === 'distribute';

export const needsFields = (operation: BulkOperation): boolean =>
  assignsNumbers(operation) || ['tag', 'untag', 'claim'].includes(operation);

/** The fields as the API takes them; null while something is missing. */
export function bulkParameters(operation: BulkOperation, values: BulkValues): object | null {
  const { agents, rules, reassign, clientId } = values;
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
      if (!first || (rules && !areRules(rules))) return null;
      const whose = operation === 'assign' ? { agentId: first.id } : { agentIds: agents.map(({ id }) => id) };
      return { ...whose, reassign, ...(rules && { ...rules, dailyLimit: Number(rules.dailyLimit) }) };
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
  if (!assignsNumbers(operation)) return null;
  return <AssignFields spreads={operation === 'distribute'} values={values} set={set} />;
};

interface AssignFieldsProps {
  /** Over many agents, and not to one. */
  spreads: boolean;
  values: BulkValues;
  set: (changed: Partial<BulkValues>) => void;
}

/** Who gets the numbers, and what bounds the calls from each of them. */
const AssignFields = ({ spreads, values, set }: AssignFieldsProps) => {
  const usual = useUsualRules();
  return (
    <>
      <AgentPicker
        label={spreads ? 'Agents' : 'Agent'}
        hint={spreads ? 'Each gets an even share of the numbers' : undefined}
        value={values.agents}
        onChange={(agents) => set({ agents: spreads ? agents : agents.slice(-1) })}
      />
      <AssignmentRules value={values.rules ?? usual} onChange={(rules) => set({ rules })} />
      <FormControlLabel
        control={<Switch checked={values.reassign} onChange={(_, reassign) => set({ reassign })} />}
        label="Take numbers away from the agents that have them"
      />
    </>
  );
};
