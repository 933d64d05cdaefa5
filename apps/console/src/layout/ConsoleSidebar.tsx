import { type Theme, useMediaQuery } from '@mui/material';
import { useEffect, useRef, useState } from 'react';
import { Sidebar, type SidebarProps, useSidebarState } from 'react-admin';

/**
 * The menu stands beside the page, and lies over it on a narrow screen: there it starts closed, also in a window that was
 * wide before. A drawer that appears open and is closed at once never ends its way out, and the page below it stays locked
 * and hidden from screen readers; therefore the first thing that a narrow screen gets is a closed one.
 */
export const ConsoleSidebar = (props: SidebarProps) => {
  const isNarrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down('sm'), { noSsr: true });
  const [open, setOpen] = useSidebarState();
  const [wasNarrow, setWasNarrow] = useState(false);
  const openBeside = useRef(open);
  const isSettled = wasNarrow === isNarrow;
  useEffect(() => {
    if (!isSettled) {
      setWasNarrow(isNarrow);
      setOpen(!isNarrow && openBeside.current);
    } else if (!isNarrow) openBeside.current = open;
  }, [isSettled, isNarrow, open, setOpen]);
  return <Sidebar {...props} open={isSettled ? open : !isNarrow} />;
};
