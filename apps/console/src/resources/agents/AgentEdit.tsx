import { Edit, useRecordContext } from 'react-admin';
import type { AgentView } from '#contracts';
import { AgentForm } from './AgentForm';

const Title = () => <>{useRecordContext<AgentView>()?.name ?? 'Agent'}</>;

const AgentEdit = () => (
  <Edit title={<Title />} mutationMode="pessimistic" redirect="list">
    <AgentForm />
  </Edit>
);

export default AgentEdit;
