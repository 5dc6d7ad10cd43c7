import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CancellationTokenSource,
  CodeActionRequest,
  CompletionRequest,
  DefinitionRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  HoverRequest,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
} from 'vscode-languageserver-protocol/node';
import { EditorClient } from '../src/editor-client.ts';
import { useHome } from '../src/use-home.ts';

const text = [
  'schemaVersion: 2.2.2',
  'components:',
  '  - name: app # 😀',
  '    container: {imgae: node}',
  'commands:',
  '  - id: run',
  '    exec: {component: app, commandLine: x}',
  '',
].join('\n');

describe('an editor with the language server', () => {
  const home = useHome();
  const clients: EditorClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.kill();
  });

  async function start(...args: string[]): Promise<{ client: EditorClient; cwd: string }> {
    const cwd = home().makeProject(`edit-${clients.length}`, text);
    const client = new EditorClient({ cwd, env: home().environment({}), args });
    clients.push(client);
    const { capabilities, serverInfo } = await client.start();
    expect([serverInfo?.name, capabilities.positionEncoding]).toEqual(['devstead', 'utf-16']);
    return { client, cwd };
  }

  it('must see what is wrong while it types, and be offered what mends it', async () => {
    const { client, cwd } = await start();
    const uri = await client.open(join(cwd, 'devfile.yaml'), text);
    const [wrong] = await client.diagnosticsOf(uri);
    expect(wrong).toMatchObject({
      code: 'devfile.schema-unknown-field',
      severity: 1,
      range: { start: { line: 3, character: 16 }, end: { line: 3, character: 21 } },
    });
    const actions = await client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: { line: 3, character: 17 }, end: { line: 3, character: 17 } },
      context: { diagnostics: [] },
    });
    expect(actions).toMatchObject([
      {
        title: 'Change imgae to image',
        kind: 'quickfix',
        isPreferred: true,
        edit: { changes: { [uri]: [{ newText: 'image' }] } },
      },
    ]);
    await client.change(uri, {
      range: { start: { line: 3, character: 16 }, end: { line: 3, character: 21 } },
      text: 'image',
    });
    expect(await client.diagnosticsOf(uri)).toEqual([]);
    await client.change(uri, { range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, text: '' });
    expect(await client.diagnosticsOf(uri)).toMatchObject([{ code: 'devfile.schema-version-missing' }]);
    const all = await client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    expect(all).toMatchObject([{ edit: { changes: { [uri]: [{ newText: 'schemaVersion: 2.3.0\n' }] } } }]);
    expect(await client.stop()).toBe(0);
    expect(client.stderr).toBe('');
  });

  it('must be told names, words, places and structure of several files', async () => {
    const { client, cwd } = await start();
    const sound = text.replace('imgae', 'image');
    const uri = await client.open(join(cwd, 'devfile.yaml'), sound);
    const half = 'schemaVersion: 2.2.2\nparent:\n  uri: devfile.yaml\nevents:\n  postStart:\n    - \n';
    const child = await client.open(join(cwd, 'child.devfile.yaml'), half.replace('    - \n', '    - run\n'));
    expect(await client.diagnosticsOf(child)).toEqual([]);
    await client.change(child, { text: half });
    const { connection } = client;
    const at = (line: number, character: number, of = uri) => ({
      textDocument: { uri: of },
      position: { line, character },
    });
    const proposed = await connection.sendRequest(CompletionRequest.type, at(5, 6, child));
    expect(proposed).toMatchObject([{ label: 'run', detail: 'exec of a parent' }]);
    expect(await connection.sendRequest(HoverRequest.type, at(3, 18))).toMatchObject({
      contents: { kind: 'markdown' },
    });
    expect(await connection.sendRequest(DefinitionRequest.type, at(6, 23))).toMatchObject([
      { uri, range: { start: { line: 2, character: 10 } } },
    ]);
    expect(await connection.sendRequest(DefinitionRequest.type, at(2, 8, child))).toMatchObject({ uri });
    const context = { includeDeclaration: true };
    expect(await connection.sendRequest(ReferencesRequest.type, { ...at(6, 23), context })).toHaveLength(2);
    expect(await connection.sendRequest(PrepareRenameRequest.type, at(6, 23))).toMatchObject({ placeholder: 'app' });
    expect(await connection.sendRequest(RenameRequest.type, { ...at(6, 23), newName: 'web' })).toMatchObject({
      changes: { [uri]: [{ newText: 'web' }, { newText: 'web' }] },
    });
    await expect(connection.sendRequest(RenameRequest.type, { ...at(6, 23), newName: 'Not A Name' })).rejects.toThrow(
      /lower-case/,
    );
    const symbols = await connection.sendRequest(DocumentSymbolRequest.type, { textDocument: { uri } });
    expect(symbols).toMatchObject([
      { name: 'schemaVersion' },
      { name: 'components', children: [{ name: 'app' }] },
      { name: 'commands' },
    ]);
    expect(await connection.sendRequest(FoldingRangeRequest.type, { textDocument: { uri } })).toContainEqual({
      startLine: 1,
      endLine: 3,
    });
    expect(await client.stop()).toBe(0);
  });

  it('must be told of mistakes in a parent as it is in the editor, and of none in files that are no devfiles', async () => {
    const { client, cwd } = await start();
    writeFileSync(join(cwd, 'parent.yaml'), text.replace('imgae', 'image'));
    const child = await client.open(join(cwd, 'devfile.yaml'), 'schemaVersion: 2.2.2\nparent:\n  uri: parent.yaml\n');
    expect(await client.diagnosticsOf(child)).toEqual([]);
    await client.open(join(cwd, 'parent.yaml'), text);
    await client.change(child, { text: 'schemaVersion: 2.2.2\nparent:\n  uri: parent.yaml\nmetadata: {}\n' });
    expect(await client.diagnosticsOf(child)).toMatchObject([
      {
        code: 'devfile.schema-unknown-field',
        range: { start: { line: 1 } },
        relatedInformation: [{ location: { range: { start: { line: 3 } } } }],
      },
    ]);
    const other = await client.open(join(cwd, 'values.yaml'), 'a: [\n');
    expect(await client.diagnosticsOf(other)).toEqual([]);
    const position = { line: 0, character: 0 };
    expect(
      await client.connection.sendRequest(HoverRequest.type, { textDocument: { uri: other }, position }),
    ).toBeNull();
    expect(await client.stop()).toBe(0);
  });

  it('must get an answer after hostile files and requests taken back, and the server must end with it', async () => {
    const { client, cwd } = await start('--profile', 'strict');
    for (const [name, hostile] of [
      ['deep', '['.repeat(100_000)],
      ['large', `schemaVersion: 2.2.2\na: ${'x'.repeat(2 ** 20)}`],
      ['wide', `schemaVersion: 2.2.2\n${Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n')}`],
    ] as const) {
      const uri = await client.open(join(cwd, `${name}.devfile.yaml`), hostile);
      expect((await client.diagnosticsOf(uri)).length).toBeGreaterThan(0);
      const position = { line: 1, character: 0 };
      expect(await client.connection.sendRequest(CompletionRequest.type, { textDocument: { uri }, position })).toEqual(
        [],
      );
    }
    const uri = await client.open(join(cwd, 'devfile.yaml'), text);
    const source = new CancellationTokenSource();
    const position = { line: 3, character: 18 };
    const ask = () =>
      client.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position }, source.token);
    let taken: ReturnType<typeof ask> | undefined;
    await client.sendAtOnce(() => {
      taken = ask();
      source.cancel();
    });
    await expect(taken).rejects.toThrow(/taken back/);
    expect(await client.diagnosticsOf(uri)).toHaveLength(1);
    client.vanish();
    expect(await client.ended).toBe(1);
  });
});
