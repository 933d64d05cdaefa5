import BadgeIcon from '@mui/icons-material/BadgeOutlined';
import LockIcon from '@mui/icons-material/LockOutlined';
import { ListItemIcon, ListItemText, MenuItem } from '@mui/material';
import { type ReactNode, useState } from 'react';
import { Logout, UserMenu, useUserMenu } from 'react-admin';
import { ChangePasswordDialog } from './ChangePasswordDialog';
import { OwnNameDialog } from './OwnNameDialog';

interface EntryProps {
  label: string;
  icon: ReactNode;
  onOpen: () => void;
}

const Entry = ({ label, icon, onOpen }: EntryProps) => {
  const menu = useUserMenu();
  return (
    <MenuItem
      onClick={() => {
        menu?.onClose();
        onOpen();
      }}
    >
      <ListItemIcon>{icon}</ListItemIcon>
      <ListItemText>{label}</ListItemText>
    </MenuItem>
  );
};

/** What people change about themselves, and the way out. */
export const ConsoleUserMenu = () => {
  const [open, setOpen] = useState<'name' | 'password' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <UserMenu>
        <Entry label="Your name" icon={<BadgeIcon fontSize="small" />} onOpen={() => setOpen('name')} />
        <Entry label="Change password" icon={<LockIcon fontSize="small" />} onOpen={() => setOpen('password')} />
        <Logout />
      </UserMenu>
      {open === 'name' && <OwnNameDialog onClose={close} />}
      {open === 'password' && <ChangePasswordDialog onClose={close} />}
    </>
  );
};
