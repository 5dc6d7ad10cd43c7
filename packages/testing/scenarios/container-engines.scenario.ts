import { describeDailyLife } from '../src/engines/daily-life.ts';

describeDailyLife('docker');
describeDailyLife('podman');
