import { Button, type ButtonProps } from '@mui/material';
import { type ReactNode, useState } from 'react';
import { Confirm } from 'react-admin';

interface ConfirmButtonProps {
  label: string;
  /** What it does to which record, told to screen readers when the label alone does not say. */
  description?: string;
  title: string;
  content: ReactNode;
  busy: boolean;
  color?: ButtonProps['color'];
  icon?: ReactNode;
  onConfirm: () => void;
}

/** A button that asks once more. */
export const ConfirmButton = (props: ConfirmButtonProps) => {
  const { label, description, title, content, busy, color = 'inherit', icon, onConfirm } = props;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        color={color}
        startIcon={icon}
        loading={busy}
        aria-label={description}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(true);
        }}
      >
        {label}
      </Button>
      <Confirm
        isOpen={open}
        title={title}
        content={content}
        confirm={label}
        confirmColor={color === 'error' ? 'warning' : 'primary'}
        onClose={() => setOpen(false)}
        onConfirm={() => {
          setOpen(false);
          onConfirm();
        }}
      />
    </>
  );
};
