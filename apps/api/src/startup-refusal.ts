/** A reason not to start that an operator can mend. Its message is all that is printed. */
export class StartupRefusal extends Error {}
