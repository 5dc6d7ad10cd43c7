export { acceptPushMethod } from './http/requests/accept-push-method.ts';
export { ensureStage } from './indexes/ensure-stage.ts';
export { prepareServer, type RunningServer, type ServerSettings, startServer } from './start-server.ts';
