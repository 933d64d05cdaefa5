import { type RaThemeOptions, defaultDarkTheme, defaultLightTheme } from 'react-admin';

const fontFamily = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const shape = { borderRadius: 10 };

const typography = {
  fontFamily,
  h5: { fontWeight: 650, letterSpacing: '-0.01em' },
  h6: { fontWeight: 650, letterSpacing: '-0.01em' },
  button: { textTransform: 'none' as const, fontWeight: 600 },
};

function components(border: string, head: string): RaThemeOptions['components'] {
  return {
    ...defaultLightTheme.components,
    MuiCssBaseline: { styleOverrides: { body: { fontVariantNumeric: 'tabular-nums' } } },
    MuiPaper: { defaultProps: { elevation: 0 } },
    MuiCard: { styleOverrides: { root: { border: `1px solid ${border}` } } },
    MuiTableCell: {
      styleOverrides: { root: { borderColor: border }, head: { fontWeight: 600, color: head, background: 'none' } },
    },
    MuiButton: { defaultProps: { disableElevation: true } },
    MuiTextField: { defaultProps: { variant: 'outlined' as const, size: 'small' as const } },
    MuiFormControl: { defaultProps: { variant: 'outlined' as const, size: 'small' as const } },
    RaMenuItemLink: {
      styleOverrides: {
        root: {
          borderRadius: 8,
          margin: '2px 8px',
          '&.RaMenuItemLink-active': { fontWeight: 650, background: border },
        },
      },
    },
    RaDatagrid: { styleOverrides: { root: { '& .RaDatagrid-headerCell': { color: head } } } },
  } as RaThemeOptions['components'];
}

const sidebar = { width: 260, closedWidth: 60 };

export const lightTheme: RaThemeOptions = {
  ...defaultLightTheme,
  sidebar,
  palette: {
    mode: 'light',
    primary: { main: '#0f766e' },
    secondary: { main: '#0f5f59' },
    warning: { main: '#b45309' },
    error: { main: '#b91c1c' },
    success: { main: '#15803d' },
    background: { default: '#f5f7f6', paper: '#ffffff' },
    text: { primary: '#14211f', secondary: '#52625f' },
  },
  shape,
  typography,
  components: components('#e1e7e5', '#52625f'),
};

export const darkTheme: RaThemeOptions = {
  ...defaultDarkTheme,
  sidebar,
  palette: {
    mode: 'dark',
    primary: { main: '#5eead4' },
    secondary: { main: '#99f6e4' },
    warning: { main: '#fbbf24' },
    error: { main: '#f87171' },
    success: { main: '#4ade80' },
    background: { default: '#0d1413', paper: '#141d1c' },
    text: { primary: '#e6efed', secondary: '#9db0ac' },
  },
  shape,
  typography,
  components: components('#263331', '#9db0ac'),
};
