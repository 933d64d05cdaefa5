import { moment } from '../../shared/moment';
import { spaced } from '../../shared/phoneFormat';

/** `agent_assignment.updated` as people say it: "Agent assignment updated". */
export function actionWords(action: string): string {
  const words = action.replaceAll(/[._]/g, ' ').replace('api key', 'API key');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `dailyLimit` as people say it: "Daily limit". */
export function fieldWords(field: string): string {
  const words = field.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a field held, in one line. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, held]) => `${fieldWords(name)}: ${valueWords(held)}`)
      .join(', ');
  }
  const text = String(value as string | number);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return moment(text);
  return /^\+\d{6,15}$/.test(text) ? spaced(text) : text;
}
