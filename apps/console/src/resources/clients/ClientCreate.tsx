import { Create } from 'react-admin';
import { PageTitle } from '../../shared/PageTitle';
import { useSaved } from '../../shared/useSaved';
import { ClientForm } from './ClientForm';

const ClientCreate = () => (
  <Create title={<PageTitle name="Add a client" />} mutationOptions={useSaved('The client is added')}>
    <ClientForm />
  </Create>
);

export default ClientCreate;
