import { type RaThemeOptions, defaultDarkTheme, defaultLightTheme } from 'react-admin';

const fontFamily = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const shape = { borderRadius: 10 };

const typography = {
  fontFamily,
  h5: { fontWeight: 650, letterSpacing: '-0.01em' },
  h6: { fontWeight: 650, fontSize: '1.05rem', letterSpacing: '-0.01em' },
  button: { textTransform: 'none' as const, fontWeight: 600 },
};

/** The colours of lines, table heads, bars behind progress, and what is chosen. */
interface Tones {
  line: string;
  head: string;
  track: string;
  chosen: string;
  /** What the browser draws itself, such as the icon of a date field, follows it too. */
  mode: 'light' | 'dark';
}

/** Dialogs on phones. */
const nearlyWholeScreen = {
  '@media (max-width: 599px)': { margin: 12, width: 'calc(100% - 24px)', maxHeight: 'calc(100% - 24px)' },
};

const nameOf = (box: object) => (box as { 'aria-label'?: string })['aria-label'];

function components({ line, head, track, chosen, mode }: Tones): RaThemeOptions['components'] {
  // Bars above and below lists and forms stand on the page itself, also on narrow screens, where react-admin paints them.
  const bare = { backgroundColor: 'transparent', backgroundImage: 'none' };
  return {
    ...defaultLightTheme.components,
    MuiCssBaseline: { styleOverrides: { html: { colorScheme: mode }, body: { fontVariantNumeric: 'tabular-nums' } } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiAppBar: { defaultProps: { elevation: 0 }, styleOverrides: { root: { boxShadow: 'none' } } },
    // Who goes by keyboard sees where they are.
    MuiButtonBase: {
      styleOverrides: { root: { '&.Mui-focusVisible': { outline: '2px solid currentColor', outlineOffset: -2 } } },
    },
    MuiCard: { styleOverrides: { root: { border: `1px solid ${line}` } } },
    MuiCardHeader: { styleOverrides: { root: { paddingBottom: 4 } } },
    MuiDialog: { styleOverrides: { paper: { border: `1px solid ${line}`, ...nearlyWholeScreen } } },
    MuiMenu: { styleOverrides: { paper: { border: `1px solid ${line}` } } },
    MuiTableCell: {
      styleOverrides: { root: { borderColor: line }, head: { fontWeight: 600, color: head, background: 'none' } },
    },
    MuiLinearProgress: { styleOverrides: { root: { height: 6, borderRadius: 3, backgroundColor: track } } },
    // What a field says below itself stays apart from the label of the next one.
    MuiFormHelperText: { styleOverrides: { root: { marginBottom: 6 } } },
    MuiButton: { defaultProps: { disableElevation: true } },
    // react-admin names the box of a row on the element around it, where a screen reader does not look.
    MuiCheckbox: { defaultProps: { slotProps: { input: (box: object) => ({ 'aria-label': nameOf(box) }) } } },
    MuiTextField: { defaultProps: { variant: 'outlined' as const, size: 'small' as const } },
    MuiFormControl: { defaultProps: { variant: 'outlined' as const, size: 'small' as const } },
    RaTopToolbar: {
      styleOverrides: {
        // Buttons that have no room beside each other stand below each other, instead of beyond the edge of the screen.
        root: {
          '&&': { ...bare, alignItems: 'center', minHeight: 40, '@media (max-width: 1239px)': { flexWrap: 'wrap' } },
        },
      },
    },
    RaListToolbar: {
      styleOverrides: { root: { '&&': { ...bare, paddingTop: 8, paddingBottom: 8 } } },
    },
    // The label of a filter stands on its border: rows need room between them.
    RaFilterForm: { styleOverrides: { root: { '&&': { rowGap: 6 }, '& .MuiFormControl-root': { marginBottom: 4 } } } },
    RaToolbar: {
      styleOverrides: {
        root: {
          '&&': { ...bare, borderTop: `1px solid ${line}` },
          '&.RaToolbar-mobileToolbar': { position: 'static', boxShadow: 'none' },
        },
      },
    },
    RaMenuItemLink: {
      styleOverrides: {
        root: {
          borderRadius: 8,
          margin: '1px 8px',
          paddingTop: 5,
          paddingBottom: 5,
          fontSize: '0.94rem',
          '&.RaMenuItemLink-active': { fontWeight: 650, background: chosen },
        },
      },
    },
    RaDatagrid: { styleOverrides: { root: { '& .RaDatagrid-headerCell': { color: head } } } },
  } as RaThemeOptions['components'];
}

/** A table has room beside the menu from `md` on: below that, lists are blocks of lines. */
const breakpoints = { values: { xs: 0, sm: 600, md: 1240, lg: 1260, xl: 1536 } };

const sidebar = { width: 232, closedWidth: 56 };

export const lightTheme: RaThemeOptions = {
  ...defaultLightTheme,
  breakpoints,
  sidebar,
  palette: {
    mode: 'light',
    primary: { main: '#0f766e' },
    secondary: { main: '#0f5f59' },
    warning: { main: '#b45309' },
    error: { main: '#b91c1c' },
    success: { main: '#15803d' },
    info: { main: '#1d5fa8' },
    background: { default: '#f5f7f6', paper: '#ffffff' },
    text: { primary: '#14211f', secondary: '#52625f' },
    divider: '#e1e7e5',
  },
  shape,
  typography,
  components: components({ line: '#e1e7e5', head: '#52625f', track: '#e3eae8', chosen: '#dcebe8', mode: 'light' }),
};

export const darkTheme: RaThemeOptions = {
  ...defaultDarkTheme,
  breakpoints,
  sidebar,
  palette: {
    mode: 'dark',
    primary: { main: '#5eead4' },
    secondary: { main: '#99f6e4' },
    warning: { main: '#fbbf24' },
    error: { main: '#f87171' },
    success: { main: '#4ade80' },
    info: { main: '#7cc0ff' },
    background: { default: '#0d1413', paper: '#141d1c' },
    text: { primary: '#e6efed', secondary: '#9db0ac' },
    divider: '#263331',
  },
  shape,
  typography,
  components: components({ line: '#263331', head: '#9db0ac', track: '#263331', chosen: '#1d3531', mode: 'dark' }),
};
