import { describeUploadFuzz } from '../src/python/describe-upload-fuzz.ts';

describeUploadFuzz(50_000);
