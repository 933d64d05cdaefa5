import { Create } from 'react-admin';
import { PageTitle } from '../../shared/PageTitle';
import { useSaved } from '../../shared/useSaved';
import { toAgent } from './toAgent';
import { AgentForm } from './AgentForm';

const AgentCreate = () => (
  <Create
    transform={toAgent}
    title={<PageTitle name="Add an agent" />}
    mutationOptions={useSaved('The agent is added')}
  >
    <AgentForm sanitizeEmptyValues defaultValues={{ kind: 'ai', status: 'active' }} />
  </Create>
);

export default AgentCreate;
