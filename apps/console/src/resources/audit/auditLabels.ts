import { formatDateTime } from '../../shared/formatDateTime';
import { spaced } from '../../shared/phoneFormat';

/** `agent_assignment.updated` as people say it: "Agent assignment updated". */
export function actionLabel(action: string): string {
  const label = action.replaceAll(/[._]/g, ' ').replace('api key', 'API key');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** `dailyLimit` as people say it: "Daily limit". */
export function fieldLabel(field: string): string {
  const label = field.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** What a field held, in one line. */
export function valueLabel(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueLabel).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, held]) => `${fieldLabel(name)}: ${valueLabel(held)}`)
      .join(', ');
  }
  const text = String(value as string | number);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return formatDateTime(text);
  return /^\+\d{6,15}$/.test(text) ? spaced(text) : text;
}
