import { isEmail, ValidateBy } from 'class-validator';

const LONGEST = 254;

/**
 * Whether text is an e-mail address that has one spelling only, but for the case of its letters: ASCII, without quotes
 * or comments. Outside of ASCII one address has several spellings (`İ` and `i`, composed and decomposed letters), and
 * who is who would depend on how they are compared. A domain with other letters is written as it is sent: `xn--…`.
 */
export function isPlainEmail(text: unknown): text is string {
  return typeof text === 'string' && text.length <= LONGEST && /^[!#-~]+$/.test(text) && isEmail(text);
}

/** E-mails are compared without regard to the case of their ASCII letters, and to nothing else: dots and `+` count. */
export function plainEmail(text: string): string {
  return text.toLowerCase();
}

export function IsPlainEmail(): PropertyDecorator {
  const defaultMessage = () =>
    `$property must be an e-mail address of at most ${LONGEST} characters, in plain letters (a–z), digits and signs`;
  return ValidateBy({ name: 'isPlainEmail', validator: { validate: isPlainEmail, defaultMessage } });
}
