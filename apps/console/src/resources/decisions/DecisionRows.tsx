import {
  Box,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  type Theme,
  Tooltip,
  Typography,
  useMediaQuery,
} from '@mui/material';
import type { KeyboardEvent } from 'react';
import { type AuthorizationStatus, type DecisionView, reasonText } from '#contracts';
import { authorizationStatusLabels } from '../../shared/labels';
import { PhoneNumberText } from '../../shared/PhoneNumberText';
import { spaced } from '../../shared/phoneFormat';
import { StateChip } from '../../shared/StateChip';

const dateTimeFormat = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export const Verdict = ({ decision }: { decision: DecisionView }) => (
  <Tooltip title={decision.message} describeChild>
    <span>
      <StateChip
        label={reasonText(decision.reasonCode).label}
        color={decision.decision === 'allowed' ? 'success' : 'warning'}
      />
    </span>
  </Tooltip>
);

const statusColors: Record<AuthorizationStatus, 'text.primary' | 'text.secondary' | 'warning.main'> = {
  authorized: 'text.primary',
  completed: 'text.primary',
  voided: 'text.secondary',
  expired: 'warning.main',
  denied: 'text.secondary',
};

const Status = ({ status }: { status: AuthorizationStatus }) => (
  <Typography variant="body2" component="span" sx={{ color: statusColors[status] }}>
    {authorizationStatusLabels[status]}
  </Typography>
);

/** What could not be read as a number stands in the ledger as the dialer sent it, at any length. */
export const Destination = ({ decision }: { decision: DecisionView }) => {
  const { phoneNumber, countryCode } = decision.destination;
  if (/^\+\d+$/.test(phoneNumber)) return <PhoneNumberText e164={phoneNumber} country={countryCode} />;
  return (
    <Box component="span" sx={{ overflowWrap: 'anywhere', minWidth: 0 }}>
      {phoneNumber}
    </Box>
  );
};

const agentOf = ({ agentId, agentName }: DecisionView) => agentName ?? (agentId ? 'Unknown agent' : '–');

interface DecisionRowsProps {
  decisions: readonly DecisionView[];
  onOpen: (id: string) => void;
}

/** One line, or one block on narrow screens, for each decision; both open the details. */
export const DecisionRows = ({ decisions, onOpen }: DecisionRowsProps) => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const opens = ({ id }: DecisionView) => ({
    tabIndex: 0,
    onClick: () => onOpen(id),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter') onOpen(id);
    },
    sx: { cursor: 'pointer', '&:hover, &:focus-visible': { bgcolor: 'action.hover' } },
  });
  if (isSmall) {
    return (
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {decisions.map((decision) => {
          const { sx, ...rest } = opens(decision);
          return (
            <Box
              component="li"
              key={decision.id}
              {...rest}
              sx={{ ...sx, px: 2, py: 1.25, borderTop: 1, borderColor: 'divider', '&:first-of-type': { borderTop: 0 } }}
            >
              <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: 1 }}>
                <Destination decision={decision} />
                <Verdict decision={decision} />
              </Box>
              <Typography variant="body2" color="textSecondary">
                {agentOf(decision)}
                {decision.from && ' · from '}
                {decision.from && (
                  <Box component="span" sx={{ whiteSpace: 'nowrap' }}>
                    {spaced(decision.from)}
                  </Box>
                )}
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {dateTimeFormat.format(new Date(decision.decidedAt))}
                {decision.decision === 'allowed' && ' · '}
                {decision.decision === 'allowed' && <Status status={decision.status} />}
              </Typography>
            </Box>
          );
        })}
      </Box>
    );
  }
  return (
    <Table size="small" aria-label="Decisions">
      <TableHead>
        <TableRow>
          {['Time', 'Agent', 'From', 'Destination', 'Decision', 'Status'].map((name) => (
            <TableCell key={name}>{name}</TableCell>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {decisions.map((decision) => (
          <TableRow key={decision.id} {...opens(decision)}>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>{dateTimeFormat.format(new Date(decision.decidedAt))}</TableCell>
            <TableCell>{agentOf(decision)}</TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>{decision.from ? spaced(decision.from) : '–'}</TableCell>
            <TableCell>
              <Destination decision={decision} />
            </TableCell>
            <TableCell>
              <Verdict decision={decision} />
            </TableCell>
            <TableCell>
              <Status status={decision.status} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
};
