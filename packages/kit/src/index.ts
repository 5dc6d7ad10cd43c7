export { AppError, type ErrorCode, errorTable } from './app-error.ts';
export { type Clock, systemClock } from './clock.ts';
export { type CodeText, type Diagnostic, type DiagnosticStep, hasErrors, type Severity } from './diagnostic.ts';
export { exitCode } from './exit-code.ts';
export { findNearestName, findNearNames } from './near-names.ts';
export { isPrivateAddress } from './private-address.ts';
