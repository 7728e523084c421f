/**
 * An expected reason why a process cannot start or go on: a wrong setting, a folder that cannot be written, a newer database.
 * Its message is one readable line for the operator that names what to change; it is shown without a stack.
 */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartupError";
  }
}

/** The system's short reason of a failed file or process operation (`EACCES`, `ENOSPC`), or the message where there is none. */
export function systemReason(error: unknown): string {
  if (error instanceof Error) return "code" in error ? String(error.code) : error.message;
  return String(error);
}
