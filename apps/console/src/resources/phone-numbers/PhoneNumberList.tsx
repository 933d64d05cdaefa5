import { Box, Tab, Tabs, type Theme, useMediaQuery } from '@mui/material';
import type { ReactElement } from 'react';
import {
  AutocompleteInput,
  FilterButton,
  List,
  ReferenceInput,
  SearchInput,
  SelectInput,
  TextInput,
  TopToolbar,
  useListContext,
} from 'react-admin';
import { phoneNumberProviders, type PhoneNumberView } from '#contracts';
import { AddLink } from '../../shared/AddLink';
import { clientFilter } from '../../shared/ClientInput';
import { countryChoices } from '../../shared/countries';
import { ExportList } from '../../shared/ExportList';
import { choicesOf, lifecycleLabels, providerLabels } from '../../shared/labels';
import { ListPages } from '../../shared/ListPages';
import { ListProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { useMay } from '../../shared/permissions';
import { UploadButton } from '../imports/UploadButton';
import { MatchingMenu } from './bulk/BulkActions';
import { NumberSummary } from './NumberSummary';
import { PhoneNumberRows } from './PhoneNumberRows';
import { OFFERED, withoutStatus } from './poolFilter';
import { StatusFilter } from './StatusFilter';

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
  <AutocompleteInput key="countryCode" source="countryCode" label="Country" choices={countryChoices} />,
  <SelectInput key="provider" source="provider" choices={choicesOf(providerLabels, phoneNumberProviders)} />,
  <StatusFilter key="status" source="status" label="Status" />,
  <SelectInput
    key="lifecycle"
    source="lifecycle"
    label="State"
    choices={choicesOf(lifecycleLabels, ['active', 'inactive', 'error'])}
  />,
  <ReferenceInput key="agentId" source="agentId" reference="agents" sort={{ field: 'name', order: 'ASC' }}>
    <AutocompleteInput label="Agent" optionText="name" />
  </ReferenceInput>,
  clientFilter,
  <TextInput key="tag" source="tag" label="Tag" />,
  <TextInput key="region" source="region" label="Region" />,
  <TextInput key="label" source="label" label="Label" />,
];

const ListActions = () => {
  const { filterValues } = useListContext();
  const writes = useMay('numbers:write');
  return (
    <TopToolbar>
      <FilterButton />
      <ExportList resource="phone-numbers" filter={filterValues as object} />
      {writes && <AddLink label="Add number" />}
      {writes && <UploadButton />}
    </TopToolbar>
  );
};

/** Own numbers and the pool are two lists of the same kind. */
const PoolTabs = () => {
  const { filterValues, setFilters, selectedIds } = useListContext<PhoneNumberView>();
  const filter = filterValues as Record<string, unknown>;
  const others = withoutStatus(filter);
  const isSmall = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        justifyContent: 'space-between',
        px: 1,
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <Tabs value={filter['inPool'] ? 'pool' : 'own'} aria-label="Which numbers">
        <Tab value="own" label="My numbers" onClick={() => setFilters(others)} />
        <Tab value="pool" label="Available pool" onClick={() => setFilters({ ...others, ...OFFERED })} />
      </Tabs>
      {/* While numbers are ticked in the table, the bar of the selection lies here and has the menu. */}
      {(isSmall || selectedIds.length === 0) && <MatchingMenu />}
    </Box>
  );
};

const PhoneNumberList = () => (
  <>
    <NumberSummary />
    <List
      title={<PageTitle name="Phone Numbers" />}
      filters={filters}
      actions={<ListActions />}
      sort={{ field: 'createdAt', order: 'DESC' }}
      perPage={25}
      pagination={<ListPages />}
      exporter={false}
      empty={false}
      error={<ListProblem />}
    >
      <PoolTabs />
      <PhoneNumberRows />
    </List>
  </>
);

export default PhoneNumberList;
