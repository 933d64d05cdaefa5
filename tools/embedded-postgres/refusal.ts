/** A reason not to start that a person can mend. Its message is one line and says what to do. */
export class EmbeddedPostgresRefusal extends Error {
  override readonly name = 'EmbeddedPostgresRefusal';
}
