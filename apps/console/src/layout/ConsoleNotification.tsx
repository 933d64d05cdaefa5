import { Portal } from '@mui/material';
import { Notification } from 'react-admin';

/** Beside the console and not in it: while a dialog is open, a screen reader hears nothing of what is below the dialog. */
export const ConsoleNotification = () => (
  <Portal>
    <Notification />
  </Portal>
);
