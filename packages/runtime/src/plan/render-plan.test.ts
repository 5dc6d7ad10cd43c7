import { describe, expect, it } from 'vitest';
import { askUp, makeCommand, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { planUp } from './plan-up.ts';
import { renderPlan } from './render-plan.ts';

describe('a plan as text', () => {
  it("has a devfile's words on one line each, and none that a terminal would obey", () => {
    const words = 'a\n 9  b\r\u001b[2Jc\u202ed\u2028e\u0085f';
    const environment = makeEnvironment({
      name: words,
      containers: [makeContainer('web', { env: [{ name: 'A', value: words }], resources: { memoryLimitBytes: 1 } })],
      commands: [makeCommand('c', 'web', { commandLine: words })],
      events: { preStart: [], postStart: ['c'], preStop: [], postStop: [] },
    });
    const plan = planUp(askUp(environment, nothing));
    const text = renderPlan({ ...plan, notes: [words] });
    const shown = String.raw`a\u000a 9  b\u000d\u001b[2Jc\u202ed\u2028e\u0085f`;
    const lines = text.split('\n');
    expect(lines[0]).toBe(`up ${shown}`);
    expect(lines).toContain(`      env      A=${shown}`);
    expect(lines).toContain(`    note: ${shown}`);
    // A command of several lines is shown as one of several parts.
    expect(lines).toContain(String.raw`      in web: a;  9  b\u000d\u001b[2Jc\u202ed\u2028e\u0085f`);
    expect(text).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  it('shows the limits of a container', () => {
    const resources = { memoryLimitBytes: 2 ** 29, cpuLimitMillis: 1500 };
    const environment = makeEnvironment({ containers: [makeContainer('web', { resources })] });
    const lines = renderPlan(planUp(askUp(environment, nothing))).split('\n');
    expect(lines).toContain('      memory   512 MiB');
    expect(lines).toContain('      cpu      1.5');
  });
});
