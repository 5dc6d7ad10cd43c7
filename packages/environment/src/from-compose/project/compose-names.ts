/** Compose file names, the first that is there counts (Compose Specification, Compose file). */
export const composeFileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const;
