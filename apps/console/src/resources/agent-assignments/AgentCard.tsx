import AddIcon from '@mui/icons-material/Add';
import PhoneForwardedIcon from '@mui/icons-material/PhoneForwardedOutlined';
import { Box, Button, Card, Chip, Divider, Link, Stack, Typography } from '@mui/material';
import { Fragment, useState } from 'react';
import { Link as RouterLink } from 'react-router';
import type { AgentAssignmentView, AgentView } from '#contracts';
import { pluralize, formatInteger } from '../../shared/figures';
import { listLink } from '../../shared/listLink';
import { useMay } from '../../shared/permissions';
import { UsageBar } from '../../shared/UsageBar';
import { AgentName } from '../../shared/AgentName';
import { AssignDialog } from './AssignDialog';
import { AssignmentRow } from './AssignmentRow';
import { TestCallDialog } from './TestCallDialog';

/** An agent may have more numbers than a card can show: the list of numbers has them all. */
const NotShown = ({ agent, count }: { agent: AgentView; count: number }) => {
  if (count <= 0) return null;
  return (
    <Typography variant="body2" color="textSecondary" sx={{ px: 2, py: 1.5 }}>
      {pluralize(count, 'number')} of it {count === 1 ? 'is' : 'are'} not shown here.{' '}
      <Link component={RouterLink} to={listLink('phone-numbers', { agentId: agent.id })}>
        Show all {formatInteger(agent.numbersAssigned)}
      </Link>
    </Typography>
  );
};

/** An agent with the numbers that it may call from. */
export const AgentCard = ({ agent, assignments }: { agent: AgentView; assignments: AgentAssignmentView[] }) => {
  const [assigning, setAssigning] = useState(false);
  const [testing, setTesting] = useState(false);
  const assigns = useMay('assignments:write');
  const calls = useMay('calls:authorize');
  return (
    <Card component="section" aria-label={agent.name}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, px: 2, py: 1.5 }}>
        <Typography variant="h6" component="h2" sx={{ flexGrow: 1 }}>
          <AgentName agent={agent} />
        </Typography>
        {agent.status === 'inactive' && <Chip size="small" label="Inactive" />}
        {assignments.length > 0 && (
          <UsageBar used={agent.callsMadeToday} limit={agent.dailyLimit} label={`Calls of ${agent.name} today`} />
        )}
        <Box sx={{ display: 'flex', gap: 1 }}>
          {calls && assignments.length > 0 && (
            <Button
              size="small"
              startIcon={<PhoneForwardedIcon />}
              aria-label={`Test a call of ${agent.name}`}
              onClick={() => setTesting(true)}
            >
              Test a call
            </Button>
          )}
          {assigns && (
            <Button
              size="small"
              variant="outlined"
              startIcon={<AddIcon />}
              aria-label={`Assign number to ${agent.name}`}
              onClick={() => setAssigning(true)}
            >
              Assign number
            </Button>
          )}
        </Box>
      </Box>
      <Divider />
      {agent.numbersAssigned === 0 && assignments.length === 0 ? (
        <Typography variant="body2" color="textSecondary" sx={{ px: 2, py: 2 }}>
          No numbers: every call of this agent is refused.
        </Typography>
      ) : (
        <Stack>
          {assignments.map((assignment, index) => (
            <Fragment key={assignment.id}>
              {index > 0 && <Divider />}
              <AssignmentRow assignment={assignment} />
            </Fragment>
          ))}
          <NotShown agent={agent} count={agent.numbersAssigned - assignments.length} />
        </Stack>
      )}
      {testing && <TestCallDialog agent={agent} assignments={assignments} onClose={() => setTesting(false)} />}
      {assigning && <AssignDialog agent={agent} onClose={() => setAssigning(false)} />}
    </Card>
  );
};
