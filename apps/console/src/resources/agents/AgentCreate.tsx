import { Create } from 'react-admin';
import { AgentForm } from './AgentForm';

const AgentCreate = () => (
  <Create title="Add an agent" redirect="list">
    <AgentForm sanitizeEmptyValues defaultValues={{ kind: 'ai', status: 'active' }} />
  </Create>
);

export default AgentCreate;
