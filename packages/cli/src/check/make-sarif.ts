import { pathToFileURL } from 'node:url';
import { diagnosticTable } from '@devstead/devfile';
import { listFixes, openDocument, placeDiagnostics } from '@devstead/devfile/language';
import { environmentCodes } from '@devstead/environment';
import { composeCodes } from '@devstead/environment/compose';
import { type CodeText, type Diagnostic, errorTable, type Severity } from '@devstead/kit';
import type {
  SarifArtifact,
  SarifFix,
  SarifLevel,
  SarifLocation,
  SarifLog,
  SarifNotification,
  SarifRegion,
  SarifResult,
  SarifRule,
} from './sarif-types.ts';

/** One file that was looked at, or could not be. */
export interface SarifInput {
  readonly file: string;
  /** Absent for a file that could not be read. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** False when it builds on something that was not looked at. */
  readonly isComplete: boolean;
}

const levels: Readonly<Record<Severity, SarifLevel>> = { error: 'error', warning: 'warning', info: 'note' };
const texts: Readonly<Record<string, CodeText>> = {
  ...diagnosticTable,
  ...environmentCodes,
  ...composeCodes,
  ...errorTable,
};

/**
 * The findings of several files as one SARIF 2.1.0 log, with the fixes that may be made. What could not be looked at makes
 * the run one that did not succeed, so that no empty list of results is taken for a clean one.
 */
export function makeSarif(inputs: readonly SarifInput[], version: string): SarifLog {
  const read = inputs.filter(({ text }) => text !== undefined);
  const ids = [...new Set(read.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)))].sort();
  const notifications = inputs.flatMap((input): SarifNotification[] => {
    if (input.text === undefined)
      return input.diagnostics.map((diagnostic) => makeNotification(input.file, diagnostic));
    if (input.isComplete) return [];
    return [
      makeNotification(input.file, {
        code: 'DEVFILE_INCOMPLETE',
        message: `${input.file} builds on something that was not looked at`,
      }),
    ];
  });
  return {
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'devstead', semanticVersion: version, rules: ids.map(makeRule) } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: notifications.length === 0, toolExecutionNotifications: notifications }],
        results: read.flatMap((input) => makeResults(input, ids)),
      },
    ],
  };
}

function makeRule(id: string): SarifRule {
  const { cause, cure } = texts[id] ?? { cause: id, cure: '' };
  return { id, shortDescription: { text: cause }, help: { text: cure } };
}

function makeNotification(file: string, { code, message }: Pick<Diagnostic, 'code' | 'message'>): SarifNotification {
  const locations = [{ physicalLocation: { artifactLocation: makeArtifact(file) } }];
  return { level: 'error', message: { text: message }, descriptor: { id: code }, locations };
}

function makeResults({ file, text = '', diagnostics }: SarifInput, ids: readonly string[]): SarifResult[] {
  const document = openDocument(text, file);
  return placeDiagnostics(document, diagnostics).map(({ diagnostic, range }): SarifResult => {
    const { code, severity, message, hint, chain = [] } = diagnostic;
    const fixes = listFixes(document, diagnostic, range).map(
      ({ title, edits }): SarifFix => ({
        description: { text: title },
        artifactChanges: [
          {
            artifactLocation: makeArtifact(file),
            replacements: edits.map(({ range: { start, end }, newText }) => ({
              deletedRegion: {
                startLine: start.line + 1,
                startColumn: start.character + 1,
                endLine: end.line + 1,
                endColumn: end.character + 1,
              },
              insertedContent: { text: newText },
            })),
          },
        ],
      }),
    );
    const related = chain.map(
      (step): SarifLocation => ({
        physicalLocation: {
          artifactLocation: makeArtifact(step.file),
          region: { startLine: step.line, startColumn: step.column },
        },
        message: { text: [step.relation, step.detail].filter(Boolean).join(' ') },
      }),
    );
    return {
      ruleId: code,
      ruleIndex: ids.indexOf(code),
      level: levels[severity],
      message: { text: hint === undefined ? message : `${message}. ${hint}` },
      locations: [makeLocation(diagnostic, file)],
      ...(related.length > 0 && { relatedLocations: related }),
      ...(fixes.length > 0 && { fixes }),
    };
  });
}

function makeLocation({ file, line, column, endColumn, path }: Diagnostic, main: string): SarifLocation {
  const region: SarifRegion | undefined =
    line === undefined
      ? undefined
      : {
          startLine: line,
          ...(column !== undefined && { startColumn: column }),
          ...(endColumn !== undefined && { endLine: line, endColumn }),
        };
  return {
    physicalLocation: { artifactLocation: makeArtifact(file ?? main), ...(region && { region }) },
    ...(path !== undefined && { logicalLocations: [{ fullyQualifiedName: path }] }),
  };
}

/** Files below the folder the command was called in have relative addresses: the log is read on other machines too. */
function makeArtifact(file: string): SarifArtifact {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) return { uri: file };
  if (file.startsWith('/')) return { uri: pathToFileURL(file).href };
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
