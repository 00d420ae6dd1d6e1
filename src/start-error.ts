/**
 * A reason why the server cannot start that its operator can mend: the port is taken, the folder is in use, the
 * database refuses. The message is one line that says what to do; the command line prints it and exits with 1.
 */
export class StartError extends Error {
  override name = 'StartError';
}
