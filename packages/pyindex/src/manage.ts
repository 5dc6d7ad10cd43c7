export {
  createToken,
  initialiseStore,
  listTokens,
  readStatus,
  removeToken,
  type StorePlace,
  setPassword,
  withStore,
} from './manage-store.ts';
export { Refusal } from './refusal.ts';
export { exportStore } from './store/export-store.ts';
