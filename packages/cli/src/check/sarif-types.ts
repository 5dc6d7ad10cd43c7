/** The part of SARIF 2.1.0 (OASIS Standard, 27 March 2020) that is written; sections in brackets. */
export interface SarifLog {
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

/** [3.14] */
interface SarifRun {
  readonly tool: { readonly driver: SarifDriver };
  readonly columnKind: 'utf16CodeUnits';
  readonly invocations: readonly SarifInvocation[];
  readonly results: readonly SarifResult[];
}

/** [3.19] */
interface SarifDriver {
  readonly name: string;
  readonly semanticVersion: string;
  readonly rules: readonly SarifRule[];
}

/** [3.49] */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: SarifText;
  readonly help: SarifText;
}

/** [3.20] */
export interface SarifInvocation {
  readonly executionSuccessful: boolean;
  readonly toolExecutionNotifications: readonly SarifNotification[];
}

/** [3.58] */
export interface SarifNotification {
  readonly level: SarifLevel;
  readonly message: SarifText;
  readonly descriptor: { readonly id: string };
  readonly locations: readonly SarifLocation[];
}

export type SarifLevel = 'error' | 'warning' | 'note';

/** [3.11] */
interface SarifText {
  readonly text: string;
}

/** [3.27] */
export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: SarifLevel;
  readonly message: SarifText;
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly SarifLocation[];
  readonly fixes?: readonly SarifFix[];
}

/** [3.28] */
export interface SarifLocation {
  readonly physicalLocation: { readonly artifactLocation: SarifArtifact; readonly region?: SarifRegion };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  readonly message?: SarifText;
}

/** [3.4] */
export interface SarifArtifact {
  readonly uri: string;
  readonly uriBaseId?: string;
}

/** [3.30] Lines and columns from 1; `endColumn` is behind the last character. */
export interface SarifRegion {
  readonly startLine: number;
  readonly startColumn?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** [3.55] */
export interface SarifFix {
  readonly description: SarifText;
  readonly artifactChanges: readonly {
    readonly artifactLocation: SarifArtifact;
    readonly replacements: readonly { readonly deletedRegion: SarifRegion; readonly insertedContent: SarifText }[];
  }[];
}
