import { Button } from '@mui/material';
import { useState } from 'react';
import { BulkActionsToolbar, useListContext } from 'react-admin';
import type { BulkOperation, PhoneNumberView } from '#contracts';
import { pluralize } from '../../../shared/figures';
import { BulkDialog } from './BulkDialog';
import { BarBelow } from './BarBelow';
import { BulkMenu } from './BulkMenu';
import { type BulkScope, operationLabels, useBulkOperations, useMatching } from './bulkScope';

/** Operations that have a button of their own; the others are in a menu. */
const BUTTONS = 4;

/** What can be done to the ticked numbers: above the table that they are ticked in, or below the cards. */
export const SelectionBar = ({ below = false }: { below?: boolean }) => {
  const { selectedIds } = useListContext<PhoneNumberView>();
  const operations = useBulkOperations();
  const [operation, setOperation] = useState<BulkOperation | null>(null);
  const rest = operations.slice(BUTTONS);
  const scope: BulkScope = {
    target: { ids: selectedIds as string[] },
    description: pluralize(selectedIds.length, 'number'),
  };
  const buttons = (
    <>
      {operations.slice(0, BUTTONS).map((each) => (
        <Button key={each} size="small" onClick={() => setOperation(each)}>
          {operationLabels[each]}
        </Button>
      ))}
      {rest.length > 0 && (
        <BulkMenu label="More" description="More for the selected numbers" operations={rest} onChoose={setOperation} />
      )}
    </>
  );
  return (
    <>
      {/* react-admin only makes the empty bar invisible: its buttons could still be reached by keyboard. */}
      {selectedIds.length > 0 &&
        (below ? (
          <BarBelow>{buttons}</BarBelow>
        ) : (
          <BulkActionsToolbar selectAllButton={<MatchingMenu />}>{buttons}</BulkActionsToolbar>
        ))}
      {operation && <BulkDialog operation={operation} scope={scope} onClose={() => setOperation(null)} />}
    </>
  );
};

/** What can be done to all numbers that the filter finds, on every page of the list. */
export const MatchingMenu = () => {
  const operations = useBulkOperations();
  const matching = useMatching();
  const [chosen, setChosen] = useState<{ operation: BulkOperation; scope: BulkScope } | null>(null);
  if (operations.length === 0) return null;
  return (
    <>
      {matching && (
        <BulkMenu
          label={matching.label}
          description={`${matching.label}: change them`}
          operations={operations}
          onChoose={(operation) => setChosen({ operation, scope: matching })}
        />
      )}
      {chosen && <BulkDialog {...chosen} onClose={() => setChosen(null)} />}
    </>
  );
};
