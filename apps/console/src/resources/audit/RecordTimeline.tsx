import { Button, Card, Typography } from '@mui/material';
import { useState } from 'react';
import { useGetList, useRecordContext } from 'react-admin';
import type { AuditEventView } from '#contracts';
import { useMay } from '../../shared/permissions';
import { AuditEvents } from './AuditEvents';

const STEP = 10;

/** What was done to a record, for those who may read the audit log. */
export const Timeline = ({ recordId }: { recordId: string }) => {
  const [shown, setShown] = useState(STEP);
  const { data = [], total = 0 } = useGetList<AuditEventView>('audit-events', {
    filter: { recordId },
    pagination: { page: 1, perPage: shown },
    sort: { field: 'occurredAt', order: 'DESC' },
  });
  if (data.length === 0) return <Typography color="textSecondary">Nothing has been recorded yet.</Typography>;
  return (
    <>
      <AuditEvents events={data} />
      {total > data.length && (
        <Button sx={{ m: 1 }} onClick={() => setShown((before) => before + STEP)}>
          Earlier changes
        </Button>
      )}
    </>
  );
};

/** The timeline of the record of an edit page, below its form. */
export const RecordTimeline = () => {
  const reads = useMay('audit:read');
  const record = useRecordContext();
  if (!reads || !record) return null;
  return (
    <>
      <Typography variant="h6" component="h2" sx={{ mt: 3, mb: 1, px: 2 }}>
        History
      </Typography>
      <Card variant="outlined" sx={{ m: 2, mt: 0 }}>
        <Timeline recordId={String(record.id)} />
      </Card>
    </>
  );
};
