import { Button } from '@mui/material';
import { useState } from 'react';
import { Confirm } from 'react-admin';
import type { ImportOperation } from '#contracts';
import { pluralize } from '../../shared/figures';
import type { UploadForm } from './useUploadForm';

const VERBS: Record<ImportOperation, string> = { register: 'Upload', delete: 'Delete', unassign: 'Unassign' };

/** Sends the file. What takes something away asks once more, and says how much the last check would take. */
export const SendButton = ({ form }: { form: UploadForm }) => {
  const { operation, upload, isReady, send, layout, head } = form;
  const [asking, setAsking] = useState(false);
  const takesAway = operation !== 'register';
  const checked = upload.result?.dryRun ? upload.result.job : null;
  const lines = head?.lines == null ? null : head.lines - (layout?.hasHeader ? 1 : 0);
  const found = checked && (operation === 'delete' ? checked.deleted : checked.unassigned);
  const many = found ?? lines;
  const numbers = many === null ? 'the numbers of the file' : pluralize(many, 'number');
  return (
    <>
      <Button
        variant="contained"
        color={takesAway ? 'error' : 'primary'}
        onClick={() => (takesAway ? setAsking(true) : void send(false))}
        disabled={!isReady}
        loading={upload.busy === 'upload'}
      >
        {VERBS[operation]}
      </Button>
      <Confirm
        isOpen={asking}
        title={`${VERBS[operation]} ${numbers}?`}
        content={checked ? 'That is what the check found. It can be undone afterwards.' : UNCHECKED}
        confirm={`${VERBS[operation]} ${numbers}`}
        confirmColor="warning"
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void send(false);
        }}
      />
    </>
  );
};

const UNCHECKED = 'The file was not checked: rows that are refused are left as they are. It can be undone afterwards.';
