/** A content has more bytes than it may; nothing of it was kept. */
export class ContentTooLarge extends Error {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`larger than the limit of ${limitBytes} bytes`);
    this.name = 'ContentTooLarge';
    this.limitBytes = limitBytes;
  }
}
