import { fullScope, type TokenScope } from './token-scope.ts';

/** Who asks, and within which limits. */
export interface Identity {
  /** Absent: somebody without a login. */
  readonly user?: string;
  readonly groups: readonly string[];
  readonly scope: TokenScope;
  /** Credentials were sent and are not right; the request goes on without them, as devpi has it. */
  readonly isRefused?: true;
}

export const anonymous: Identity = { groups: [], scope: fullScope };
export const refused: Identity = { groups: [], scope: fullScope, isRefused: true };
