import { Skeleton, Stack } from '@mui/material';
import { Title } from 'react-admin';
import { LoadProblem } from '../shared/LoadProblem';
import { PageTitle } from '../shared/PageTitle';
import { useOrganization } from '../shared/useOrganization';
import { SettingsForm } from './SettingsForm';

/** What holds for the whole organization: its name, its day, and what assignments start with. */
const SettingsPage = () => {
  const organization = useOrganization();
  return (
    <Stack sx={{ mt: 2, maxWidth: 640 }}>
      <Title title={<PageTitle name="Settings" />} />
      {organization.isPending && <Skeleton variant="rectangular" height={420} sx={{ borderRadius: 2 }} />}
      {organization.isError && <LoadProblem error={organization.error} onRetry={() => void organization.refetch()} />}
      {organization.data && <SettingsForm key={organization.data.updatedAt} organization={organization.data} />}
    </Stack>
  );
};

export default SettingsPage;
