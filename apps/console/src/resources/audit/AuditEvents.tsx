import { Box, Divider, Stack, Tooltip, Typography } from '@mui/material';
import type { AuditEventView, AuditFieldChange } from '#contracts';
import { FieldChange } from '../../shared/FieldChange';
import { actionLabel, fieldLabel, valueLabel } from './auditLabels';
import { EventFacts } from './EventFacts';
import { EventSubject } from './EventSubject';

const dateTimeFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

const Change = ({ change: { field, from, to } }: { change: AuditFieldChange }) => (
  <FieldChange label={fieldLabel(field)} from={from === null ? null : valueLabel(from)} to={valueLabel(to)} />
);

const Event = ({ event }: { event: AuditEventView }) => (
  <Box
    component="li"
    sx={{
      display: 'grid',
      gridTemplateColumns: { xs: '1fr', md: 'minmax(190px, 1fr) minmax(220px, 1.4fr) 2fr' },
      columnGap: 3,
      rowGap: 0.75,
      px: 2,
      py: 1.5,
    }}
  >
    <Box>
      <Typography variant="body2">{dateTimeFormat.format(new Date(event.occurredAt))}</Typography>
      <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
        {event.actor}
      </Typography>
    </Box>
    <Box>
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        {actionLabel(event.action)}
      </Typography>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        <EventSubject event={event} />
      </Typography>
      <Tooltip title="The request that did it, as the server's log names it" describeChild>
        <Typography variant="caption" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {[event.sequence === null ? null : `No. ${event.sequence}`, event.requestId].filter(Boolean).join(' · ')}
        </Typography>
      </Tooltip>
    </Box>
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {event.changes.map((change) => (
        <Change key={change.field} change={change} />
      ))}
      {Object.keys(event.facts).length > 0 && (
        <li>
          <EventFacts facts={event.facts} />
        </li>
      )}
    </Box>
  </Box>
);

/** Events one below the other: when and who, what was done to which record, and field by field what changed. */
export const AuditEvents = ({ events }: { events: AuditEventView[] }) => (
  <Stack component="ul" divider={<Divider component="li" aria-hidden />} sx={{ m: 0, p: 0, listStyle: 'none' }}>
    {events.map((event) => (
      <Event key={event.id} event={event} />
    ))}
  </Stack>
);
