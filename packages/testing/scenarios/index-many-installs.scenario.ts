import { describeManyInstalls } from '../src/python/describe-many-installs.ts';

describeManyInstalls(8, 1);
