import { filesHere, findIn, findVersion } from '../look.ts';
import type { Folder, Reason, Recognised } from '../types.ts';

/** Go by its go.mod; the port by what the program listens on. */
export function recogniseGo(folder: Folder): Recognised | undefined {
  if (!filesHere(folder).includes('go.mod')) return undefined;
  const reasons: Reason[] = [{ what: 'Go', file: 'go.mod' }];
  const version = findVersion(folder, [['go.mod', /^go\s+(\d+\.\d+)/m]], 2);
  if (version !== undefined) reasons.push(version.reason);
  const chosen = version?.version ?? '1.24';
  const main = ['main.go', ...folder.files.filter((file) => /^cmd\/[\w-]+\/main\.go$/.test(file))].find((file) =>
    folder.files.includes(file),
  );
  const listened = findIn(main === undefined ? undefined : folder.read(main), /["'][\w.]*:(\d{2,5})["']/);
  if (main !== undefined && listened !== undefined)
    reasons.push({ what: `port ${listened.value}`, file: main, line: listened.line });
  const place = main === undefined || main === 'main.go' ? '.' : `./${main.replace(/\/main\.go$/, '')}`;
  return {
    language: 'Go',
    weight: 3,
    version: chosen,
    image: `docker.io/library/golang:${chosen}`,
    otherImages: [],
    port: listened === undefined ? 8080 : Number(listened.value),
    debugPort: 2345,
    caches: [
      { name: 'go-modules', path: '/go/pkg' },
      { name: 'go-build', path: '/root/.cache/go-build' },
    ],
    env: [],
    commands: [
      { id: 'install', kind: 'install', line: 'go mod download' },
      { id: 'build', kind: 'build', line: 'go build ./...' },
      { id: 'run', kind: 'run', line: `go run ${place}` },
      { id: 'test', kind: 'test', line: 'go test ./...' },
      {
        id: 'debug',
        kind: 'debug',
        line: `go install github.com/go-delve/delve/cmd/dlv@latest && dlv debug --headless --listen=:2345 --accept-multiclient --api-version=2 ${place}`,
      },
    ],
    memory: '2Gi',
    libraries: folder.read('go.mod') ?? '',
    reasons,
  };
}
