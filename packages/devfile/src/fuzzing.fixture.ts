export { devfileValues, neighbours } from './devfile-values.fixture.ts';
export { limits } from './limits.ts';
export { readYaml } from './read-yaml.ts';
export { readUsualYaml } from './usual-yaml/read-usual-yaml.ts';
export { mutate, tokenSoup, yamlTexts } from './usual-yaml/yaml-texts.fixture.ts';
