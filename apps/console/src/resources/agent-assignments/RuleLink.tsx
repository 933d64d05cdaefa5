import { Link } from '@mui/material';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import type { AgentAssignmentView, CallCandidateView, CallRule } from '#contracts';
import { useMay } from '../../shared/permissions';
import { EditAssignmentDialog } from './EditAssignmentDialog';

interface RuleLinkProps {
  rule: CallRule;
  candidate: CallCandidateView;
  assignment: AgentAssignmentView | undefined;
  onChanged: () => void;
}

/** Leads to where a rule is changed, when there is such a place and the person may change it. */
export const RuleLink = ({ rule, candidate, assignment, onChanged }: RuleLinkProps) => {
  const [editing, setEditing] = useState(false);
  const may = {
    assignment: useMay('assignments:write'),
    // Only the platform lifts a suspension.
    organization: useMay('organization:write') && rule.field !== 'suspended',
    agent: useMay('agents:write'),
    phone_number: useMay('numbers:write'),
    numbering_plan: false,
  };
  if (!may[rule.source]) return null;
  if (rule.source === 'assignment') {
    if (!assignment) return null;
    const close = () => {
      setEditing(false);
      onChanged();
    };
    return (
      <>
        <Link component="button" type="button" variant="body2" underline="hover" onClick={() => setEditing(true)}>
          Assignment
        </Link>
        {editing && <EditAssignmentDialog assignment={assignment} onClose={close} />}
      </>
    );
  }
  const [to, name] = {
    organization: ['/settings', 'Settings'] as const,
    agent: [`/agents/${candidate.agentId}`, 'Agent'] as const,
    phone_number: [`/phone-numbers/${candidate.from.phoneNumberId}`, 'Number'] as const,
    numbering_plan: ['', ''] as const,
  }[rule.source];
  return (
    <Link component={RouterLink} to={to} variant="body2" underline="hover">
      {name}
    </Link>
  );
};
