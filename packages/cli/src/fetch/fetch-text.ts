import { AppError } from '@devstead/kit';
import { readFetchAddress, withoutSecrets } from './fetch-address.ts';
import { askForBytes, type BytesAnswer, type FetchOptions } from './fetch-bytes.ts';

/** As `BytesAnswer`, of a text. */
export type TextAnswer =
  | Exclude<BytesAnswer, { readonly status: 'fetched' }>
  | { readonly status: 'fetched'; readonly text: string; readonly location: string; readonly etag?: string };

/** A text and where it was found, after redirects. */
interface FetchedText {
  readonly text: string;
  readonly location: string;
}

/**
 * Fetches a small text. Throws URL_REFUSED, and UNREADABLE_INPUT with what went wrong; else like `askForText`.
 */
export async function fetchText(address: string, options: FetchOptions): Promise<FetchedText> {
  const url = readFetchAddress(address, options);
  const answer = await askForText(address, options);
  if (answer.status === 'fetched') return { text: answer.text, location: answer.location };
  if (answer.status === 'unchanged') throw new Error('the server left out a text that was asked for');
  const { status, reason, hint = 'Check the address and the network, or download the file and name it.' } = answer;
  if (status === 'refused') throw new AppError('URL_REFUSED', reason, { hint });
  const message = `${withoutSecrets(url)} could not be fetched: ${reason}`;
  throw new AppError('UNREADABLE_INPUT', message, { cause: answer.cause, hint });
}

/** Asks for a small text in UTF-8, as `askForBytes` does. Throws only when `signal` ends it. */
export async function askForText(address: string, options: FetchOptions): Promise<TextAnswer> {
  const answer = await askForBytes(address, options);
  if (answer.status !== 'fetched') return answer;
  const { bytes, location, etag } = answer;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { status: 'fetched', text, location, ...(etag === undefined ? {} : { etag }) };
  } catch {
    return { status: 'failed', reason: 'it is not text in UTF-8' };
  }
}
