import { Link } from '@mui/material';
import { Link as RouterLink } from 'react-router';
import type { AuditEventView } from '#contracts';
import { AgentLink } from '../../shared/AgentLink';
import { useMay } from '../../shared/permissions';
import { valueLabel } from './auditLabels';

/** The record that an event is about. It leads to the record's screen, when it has one and the reader may see it. */
export const EventSubject = ({
  event: { recordType, recordId, recordName, recordPageId },
}: {
  event: AuditEventView;
}) => {
  const opensNumbers = useMay('numbers:write');
  const opensClients = useMay('organization:write');
  const name = recordName ?? recordId;
  if (recordType === 'import_job' && recordPageId && opensNumbers) {
    return <PageLink to={`/imports/${recordPageId}`} name={recordName ?? 'Show the upload'} />;
  }
  if (!name) return null;
  const label = valueLabel(name);
  if (!recordPageId) return label;
  if (recordType === 'agent' || recordType === 'agent_assignment') return <AgentLink id={recordPageId} name={label} />;
  if (recordType === 'phone_number' && opensNumbers)
    return <PageLink to={`/phone-numbers/${recordPageId}`} name={label} />;
  if (recordType === 'client' && opensClients) return <PageLink to={`/clients/${recordPageId}`} name={label} />;
  return label;
};

const PageLink = ({ to, name }: { to: string; name: string }) => (
  <Link component={RouterLink} to={to} underline="hover">
    {name}
  </Link>
);
