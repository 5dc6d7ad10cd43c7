import { describe, expect, it } from 'vitest';
import { parseSurvey, selectFiles } from './select-files.ts';

const listing = [
  'd\tusr\t',
  'd\tusr/bin\t',
  'f\tusr/bin/python3.11\t',
  'l\tusr/bin/python3\tpython3.11',
  'f\tusr/bin/bash\t',
  'd\tusr/lib\t',
  'd\tusr/lib/python3.11\t',
  'f\tusr/lib/python3.11/json.py\t',
  'd\tusr/lib/python3.11/__pycache__\t',
  'f\tusr/lib/python3.11/__pycache__/json.pyc\t',
  'f\tusr/lib/libc.so.6\t',
  'f\tusr/lib/odd [name]+.so\t',
  'l\tbin\tusr/bin',
  'l\tlib\t/usr/lib',
  'd\tdev\t',
  'f\tdev/null\t',
  'd\tetc\t',
  'f\tetc/passwd\t',
];
const packages = [
  'package\tpython3.11',
  '/.',
  '/usr',
  '/usr/bin',
  '/usr/bin/python3.11',
  '/usr/lib/python3.11/json.py',
  '/usr/share/man/man1/python3.11.1.gz',
  'package\tlibc6',
  '/lib',
  '/lib/libc.so.6',
  '/dev',
];
const survey = parseSurvey([...listing, ...packages, ''].join('\0'));
const nothing = { packages: [], files: [], without: [] };
const links = ['bin', 'lib'];

describe('selectFiles', () => {
  it('keeps what packages brought and is there, also through links, with the folders on the way', () => {
    const { paths, problems } = selectFiles({ ...nothing, packages: ['python3.11', 'libc6'] }, survey);
    expect(problems).toEqual([]);
    const own = ['usr', 'usr/bin', 'usr/bin/python3.11', 'usr/lib', 'usr/lib/libc.so.6', 'usr/lib/python3.11'];
    expect(paths).toEqual([...links, ...own, 'usr/lib/python3.11/json.py'].toSorted());
  });

  it('keeps further files, and leaves out what is named of all of them', () => {
    const files = ['/usr/bin/python3', '/usr/lib/python3.11/*.pyc', '/etc/passwd'];
    const minimal = { packages: ['python3.11'], files, without: ['/usr/lib/*/json.*', '/usr/bin/python3.11'] };
    const kept = ['etc', 'etc/passwd', 'usr', 'usr/bin', 'usr/bin/python3', 'usr/lib', 'usr/lib/python3.11'];
    const { paths } = selectFiles(
      { ...minimal, without: ['/usr/lib/python3.11/json.py', '/usr/bin/python3.11'] },
      survey,
    );
    const compiled = 'usr/lib/python3.11/__pycache__';
    expect(paths).toEqual([...links, ...kept, compiled, `${compiled}/json.pyc`].toSorted());
    expect(selectFiles(minimal, survey).paths).not.toContain(`${compiled}/json.pyc`);
  });

  it('takes all characters but the star as they are', () => {
    expect(selectFiles({ ...nothing, files: ['/usr/lib/odd [name]+.so'] }, survey).problems).toEqual([]);
    expect(selectFiles({ ...nothing, files: ['/usr/bin/python3.1.'] }, survey).problems).toHaveLength(1);
  });

  it('names every pattern that stands for nothing', () => {
    const minimal = { packages: ['libc6'], files: ['/etc/shadow'], without: ['/usr/bin/bash', '/lib/libc.so.6'] };
    const { problems } = selectFiles(minimal, survey);
    expect(problems.map((one) => one.split(' ')[0])).toEqual(['/etc/shadow', '/usr/bin/bash', '/lib/libc.so.6']);
  });

  it('passes over the mounts of the build', () => {
    expect(selectFiles({ ...nothing, files: ['/dev/*'] }, survey).paths).toEqual(links);
  });
});
