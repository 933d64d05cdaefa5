import { Edit, useRecordContext } from 'react-admin';
import type { AgentView } from '#contracts';
import { PageTitle } from '../../shared/PageTitle';
import { useSaved } from '../../shared/useSaved';
import { RecordTimeline } from '../audit/RecordTimeline';
import { toAgent } from './toAgent';
import { AgentForm } from './AgentForm';

const Title = () => <PageTitle name={useRecordContext<AgentView>()?.name} />;

const AgentEdit = () => (
  <Edit
    transform={toAgent}
    title={<Title />}
    mutationMode="pessimistic"
    mutationOptions={useSaved('The agent is saved')}
  >
    <AgentForm />
    <RecordTimeline />
  </Edit>
);

export default AgentEdit;
