import ArrowDropDownIcon from '@mui/icons-material/ArrowDropDown';
import { Button, Menu, MenuItem } from '@mui/material';
import { useId, useState } from 'react';
import type { BulkOperation } from '#contracts';
import { operationLabels } from './bulkScope';

interface BulkMenuProps {
  label: string;
  description?: string;
  operations: readonly BulkOperation[];
  onChoose: (operation: BulkOperation) => void;
}

export const BulkMenu = ({ label, description, operations, onChoose }: BulkMenuProps) => {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  return (
    <>
      <Button
        size="small"
        endIcon={<ArrowDropDownIcon />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-controls={anchor ? id : undefined}
        aria-label={description}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {label}
      </Button>
      <Menu id={id} anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {operations.map((operation) => (
          <MenuItem
            key={operation}
            onClick={() => {
              setAnchor(null);
              onChoose(operation);
            }}
          >
            {operationLabels[operation]}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
};
