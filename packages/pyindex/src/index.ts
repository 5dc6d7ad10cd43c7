export { ensureStage } from './indexes/ensure-stage.ts';
export { prepareServer, type RunningServer, type ServerSettings, startServer } from './start-server.ts';
