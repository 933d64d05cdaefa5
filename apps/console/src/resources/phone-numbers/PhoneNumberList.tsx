import UploadIcon from '@mui/icons-material/UploadFile';
import { Box, Button, Chip, Tab, Tabs, type Theme, Typography, useMediaQuery } from '@mui/material';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import {
  CreateButton,
  Datagrid,
  DateField,
  FilterButton,
  FunctionField,
  List,
  SearchInput,
  SelectInput,
  SimpleList,
  TextField,
  TopToolbar,
  useListContext,
} from 'react-admin';
import { phoneNumberProviders, type PhoneNumberView } from '#contracts';
import { countryChoices } from '../../shared/countries';
import { EmptyState } from '../../shared/EmptyState';
import { choicesOf, lifecycleLabels, providerLabels, statusLabels } from '../../shared/labels';
import { useMay } from '../../shared/permissions';
import { PhoneNumberText } from '../../shared/PhoneNumberText';
import { PhoneNumberActions } from './PhoneNumberActions';

const BulkUploadDialog = lazy(() => import('./BulkUploadDialog'));

const filters: ReactElement[] = [
  <SearchInput key="q" source="q" alwaysOn placeholder="Number or label" />,
  <SelectInput
    key="assignment"
    source="assignment"
    label="Assignment"
    choices={[
      { id: 'assigned', name: 'Assigned' },
      { id: 'unassigned', name: 'Unassigned' },
    ]}
  />,
  <SelectInput key="countryCode" source="countryCode" label="Country" choices={countryChoices} />,
  <SelectInput key="provider" source="provider" choices={choicesOf(providerLabels, phoneNumberProviders)} />,
  <SelectInput
    key="lifecycle"
    source="lifecycle"
    label="State"
    choices={choicesOf(lifecycleLabels, ['active', 'inactive', 'error'])}
  />,
];

const ListActions = () => {
  const [uploading, setUploading] = useState(false);
  const writes = useMay('numbers:write');
  return (
    <TopToolbar>
      <FilterButton />
      {writes && <CreateButton label="Add number" />}
      {writes && (
        <Button size="small" startIcon={<UploadIcon />} onClick={() => setUploading(true)}>
          Bulk upload
        </Button>
      )}
      {uploading && (
        <Suspense fallback={null}>
          <BulkUploadDialog onClose={() => setUploading(false)} />
        </Suspense>
      )}
    </TopToolbar>
  );
};

/** Own numbers and the pool are two lists of the same kind. */
const PoolTabs = () => {
  const { filterValues, setFilters } = useListContext<PhoneNumberView>();
  const { inPool, ...others } = filterValues as { inPool?: boolean };
  return (
    <Tabs
      value={inPool ? 'pool' : 'own'}
      aria-label="Which numbers"
      sx={{ px: 1, borderBottom: 1, borderColor: 'divider' }}
    >
      <Tab value="own" label="My numbers" onClick={() => setFilters(others)} />
      <Tab value="pool" label="Available pool" onClick={() => setFilters({ ...others, inPool: true })} />
    </Tabs>
  );
};

const stateOf = (number: PhoneNumberView): { label: string; color: 'default' | 'success' | 'warning' | 'info' } => {
  if (number.lifecycle !== 'active') return { label: lifecycleLabels[number.lifecycle], color: 'warning' };
  if (number.inPool) return { label: statusLabels.available, color: 'info' };
  return number.agentId ? { label: 'Assigned', color: 'success' } : { label: 'Unassigned', color: 'default' };
};

const StateChip = ({ number }: { number: PhoneNumberView }) => {
  const { label, color } = stateOf(number);
  return <Chip size="small" variant="outlined" label={label} color={color} />;
};

const Rows = () => {
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const { filterValues } = useListContext<PhoneNumberView>();
  const empty = (
    <EmptyState
      title={filterValues['inPool'] ? 'The pool has no such number' : 'No numbers here'}
      hint="Change the filters, add a number, or upload a CSV file."
    />
  );
  if (isSmall) {
    return (
      <SimpleList<PhoneNumberView>
        empty={empty}
        rowClick={false}
        primaryText={(number) => <PhoneNumberText e164={number.phoneNumber} country={number.countryCode} />}
        secondaryText={(number) =>
          [number.agentName ?? number.label, providerLabels[number.provider]].filter(Boolean).join(' · ')
        }
        tertiaryText={(number) => <StateChip number={number} />}
      />
    );
  }
  return (
    <Datagrid bulkActionButtons={false} rowClick={false} empty={empty}>
      <FunctionField<PhoneNumberView>
        source="phoneNumber"
        label="Number"
        render={(number) => <PhoneNumberText e164={number.phoneNumber} country={number.countryCode} />}
      />
      <TextField source="label" emptyText="–" />
      <FunctionField<PhoneNumberView> source="provider" render={(number) => providerLabels[number.provider]} />
      <FunctionField<PhoneNumberView> label="State" render={(number) => <StateChip number={number} />} />
      <FunctionField<PhoneNumberView>
        label="Agent"
        render={(number) =>
          number.agentName ?? (
            <Typography variant="body2" color="text.secondary">
              –
            </Typography>
          )
        }
      />
      <DateField source="createdAt" label="Added" />
      <FunctionField<PhoneNumberView>
        label=""
        textAlign="right"
        render={(number) => <PhoneNumberActions number={number} />}
      />
    </Datagrid>
  );
};

const PhoneNumberList = () => (
  <Box>
    <List
      title="Phone Numbers"
      filters={filters}
      actions={<ListActions />}
      sort={{ field: 'createdAt', order: 'DESC' }}
      perPage={25}
      exporter={false}
      empty={false}
    >
      <PoolTabs />
      <Rows />
    </List>
  </Box>
);

export default PhoneNumberList;
