import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from './test-workspace.fixture.ts';

const devfile = `schemaVersion: 2.2.2
metadata: {name: app}
components:
  - name: built
    image:
      imageName: team/app
      dockerfile:
        uri: docker/Dockerfile
        buildContext: gone
`;

describe('an image component', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());
  const check = async (text: string): Promise<string[]> => {
    repository.write('devfile.yaml', text);
    const { stdout } = await repository.call(['check', '--output', 'json']);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Record<string, unknown>[] };
    return diagnostics
      .filter(({ code }) => code === 'environment.no-dockerfile')
      .map(({ severity, file, line, column }) => [severity, file, line, column].join(':'));
  };

  it('has its Dockerfile and its context in the devfile’s folder, or is told where it names them', async () => {
    expect(await check(devfile)).toEqual(['warning:devfile.yaml:8:14', 'warning:devfile.yaml:9:23']);
    repository.write('docker/Dockerfile', 'FROM scratch\n');
    expect(await check(devfile.replace('gone', 'docker'))).toEqual([]);
  });

  it('may get them by a starter project', async () => {
    const starter = 'starterProjects: [{name: one, git: {remotes: {origin: "https://git.test/a.git"}}}]\n';
    expect(await check(devfile + starter)).toEqual([]);
  });
});
