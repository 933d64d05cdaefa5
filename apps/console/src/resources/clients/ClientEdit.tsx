import { Edit, useRecordContext } from 'react-admin';
import type { ClientView } from '#contracts';
import { PageTitle } from '../../shared/PageTitle';
import { useSaved } from '../../shared/useSaved';
import { RecordTimeline } from '../audit/RecordTimeline';
import { ClientForm } from './ClientForm';

const Title = () => <PageTitle name={useRecordContext<ClientView>()?.name} />;

const ClientEdit = () => (
  <Edit title={<Title />} mutationMode="pessimistic" mutationOptions={useSaved('The client is saved')}>
    <ClientForm />
    <RecordTimeline />
  </Edit>
);

export default ClientEdit;
