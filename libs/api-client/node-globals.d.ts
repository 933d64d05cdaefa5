/** The one name that the generated client takes from the browser's types and that Node's do not declare. */
type BodyInit = NonNullable<RequestInit['body']>;
