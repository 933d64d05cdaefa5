import { Button, Card } from '@mui/material';
import { Link } from 'react-router';
import type { Permission, UsageSummaryView } from '#contracts';
import { EmptyState } from '../shared/EmptyState';
import { useMay } from '../shared/permissions';

interface Step {
  title: string;
  hint: string;
  action: string;
  to: string;
  needs: Permission;
}

/** What stands between this organization and its first call; null when nothing does. */
function nextStepOf({ phoneNumbers, agents, callsAllowed, callsDenied }: UsageSummaryView): Step | null {
  if (callsAllowed + callsDenied > 0) return null;
  if (phoneNumbers.total === 0) {
    return {
      title: 'Add your phone numbers',
      hint: 'Calls are placed from numbers. Upload a CSV file, or add one by hand.',
      action: 'Go to Phone Numbers',
      to: '/phone-numbers',
      needs: 'numbers:write',
    };
  }
  if (agents.total === 0) {
    return {
      title: 'Add an agent',
      hint: 'Agents place the calls: people, or software.',
      action: 'Add agent',
      to: '/agents/create',
      needs: 'agents:write',
    };
  }
  if (phoneNumbers.assigned === 0) {
    return {
      title: 'Assign a number to an agent',
      hint: 'With a daily limit and the countries that it may call. Until then every call is refused.',
      action: 'Go to Assignments',
      to: '/agent-assignments',
      needs: 'assignments:write',
    };
  }
  return {
    title: 'Let your dialer ask the call gate',
    hint: 'No call was asked for today. A dialer needs an API key; its curl line tries the gate at once.',
    action: 'Go to API Keys',
    to: '/api-keys',
    needs: 'keys:manage',
  };
}

export const NextStep = ({ summary }: { summary: UsageSummaryView }) => {
  const step = nextStepOf(summary);
  const may = useMay(step?.needs ?? 'usage:read');
  if (!step || !may) return null;
  return (
    <Card>
      <EmptyState title={step.title} hint={step.hint}>
        <Button component={Link} to={step.to} variant="contained">
          {step.action}
        </Button>
      </EmptyState>
    </Card>
  );
};
