/** The part of a pino logger that sources use. */
export interface SourceLog {
  warn(fields: object, message: string): void;
}
