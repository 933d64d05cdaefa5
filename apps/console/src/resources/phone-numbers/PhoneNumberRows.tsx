import { Box, Chip, type Theme, Typography, useMediaQuery } from '@mui/material';
import { Datagrid, FunctionField, useListContext } from 'react-admin';
import type { PhoneNumberView } from '#contracts';
import { AgentLink } from '../../shared/AgentLink';
import { EmptyState } from '../../shared/EmptyState';
import { lifecycleLabels, providerLabels, statusLabels } from '../../shared/labels';
import { formatDateTime } from '../../shared/formatDateTime';
import { useMay } from '../../shared/permissions';
import { spaced } from '../../shared/phoneFormat';
import { PhoneNumberText } from '../../shared/PhoneNumberText';
import { RecordCards } from '../../shared/RecordCards';
import { StateChip } from '../../shared/StateChip';
import { SelectionBar } from './bulk/BulkActions';
import { PhoneNumberActions } from './PhoneNumberActions';
import { chosenFilters } from './poolFilter';

/** Whose reservation it is, and until when. */
const Reserved = ({ number }: { number: PhoneNumberView }) => (
  <Box
    component="span"
    sx={{ display: 'inline-flex', flexDirection: 'column', alignItems: { xs: 'end', md: 'start' } }}
  >
    <StateChip
      label={number.reservedByUs ? 'Reserved by you' : 'Reserved by others'}
      color={number.reservedByUs ? 'success' : 'warning'}
    />
    <Typography
      variant="caption"
      color="textSecondary"
      sx={{ textAlign: { xs: 'right', md: 'left' }, whiteSpace: { md: 'nowrap' } }}
    >
      until {formatDateTime(number.reservedUntil!)}
    </Typography>
  </Box>
);

/** What matters most about a number: that it cannot call, else that it is answered, else whose it is. */
const State = ({ number }: { number: PhoneNumberView }) => {
  if (number.lifecycle !== 'active') return <StateChip label={lifecycleLabels[number.lifecycle]} color="warning" />;
  if (number.reservedUntil !== null) return <Reserved number={number} />;
  if (number.inPool) return <StateChip label={statusLabels.available} color="info" />;
  if (number.status === 'connected') return <StateChip label={statusLabels.connected} color="info" />;
  return number.agentId ? (
    <StateChip label="Assigned" color="success" />
  ) : (
    <StateChip label="Unassigned" color="default" />
  );
};

const Tags = ({ tags }: { tags: string[] }) => (
  <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', gap: 0.5 }}>
    {tags.map((tag) => (
      <Chip key={tag} size="small" label={tag} />
    ))}
  </Box>
);

const Label = ({ number }: { number: PhoneNumberView }) => (
  <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75, alignItems: 'center', maxWidth: { md: 200, xl: 320 } }}>
    {number.label ? <span>{number.label}</span> : number.tags.length === 0 && !number.clientName && '–'}
    <Tags tags={number.tags} />
    {number.clientName && (
      <Typography variant="caption" component="div" color="textSecondary" sx={{ flexBasis: '100%' }}>
        {number.clientName}
      </Typography>
    )}
  </Box>
);

const NumberAndProvider = ({ number }: { number: PhoneNumberView }) => (
  <>
    <PhoneNumberText e164={number.phoneNumber} country={number.countryCode} />
    <Typography variant="caption" component="div" color="textSecondary" sx={{ pl: 3.5 }}>
      {providerLabels[number.provider]}
    </Typography>
  </>
);

const Card = ({ number }: { number: PhoneNumberView }) => (
  <>
    <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: 1 }}>
      <PhoneNumberText e164={number.phoneNumber} country={number.countryCode} />
      <State number={number} />
    </Box>
    <Typography variant="body2" component="div" color="textSecondary" sx={{ mt: 0.25 }}>
      {number.agentId && number.agentName && (
        <>
          <AgentLink id={number.agentId} name={number.agentName} />
          {' · '}
        </>
      )}
      {[number.label, number.clientName, providerLabels[number.provider]].filter(Boolean).join(' · ')}
    </Typography>
    {number.tags.length > 0 && <Tags tags={number.tags} />}
    <PhoneNumberActions number={number} />
  </>
);

export const PhoneNumberRows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const { filterValues } = useListContext<PhoneNumberView>();
  const writes = useMay('numbers:write');
  const filter = filterValues as Record<string, unknown>;
  const inPool = Boolean(filter['inPool']);
  const empty =
    Object.keys(chosenFilters(filter)).length > 0 ? (
      <EmptyState title="No number fits" hint="Change the filters, or take them away." />
    ) : inPool ? (
      <EmptyState
        title="The pool has no number for you now"
        hint="The platform's administrators put numbers into it."
      />
    ) : (
      <EmptyState title="No numbers yet" hint="Add a number, or upload a CSV file with many." />
    );
  if (isSmall) {
    return (
      <>
        <RecordCards<PhoneNumberView>
          empty={empty}
          render={(number) => <Card number={number} />}
          tickName={writes ? ({ phoneNumber }) => spaced(phoneNumber) : undefined}
        />
        {writes && <SelectionBar below />}
      </>
    );
  }
  return (
    <Datagrid
      bulkActionButtons={writes ? undefined : false}
      bulkActionsToolbar={<SelectionBar />}
      rowClick={false}
      empty={empty}
    >
      <FunctionField<PhoneNumberView>
        source="phoneNumber"
        label="Number"
        render={(number) => <NumberAndProvider number={number} />}
      />
      <FunctionField<PhoneNumberView> source="label" render={(number) => <Label number={number} />} />
      <FunctionField<PhoneNumberView>
        source="lifecycle"
        label="State"
        sortable={false}
        render={(number) => <State number={number} />}
      />
      {inPool ? null : (
        <FunctionField<PhoneNumberView>
          source="agentName"
          label="Agent"
          render={(number) =>
            number.agentId && number.agentName ? <AgentLink id={number.agentId} name={number.agentName} /> : '–'
          }
        />
      )}
      <FunctionField<PhoneNumberView>
        label=""
        textAlign="right"
        render={(number) => <PhoneNumberActions number={number} />}
      />
    </Datagrid>
  );
};
