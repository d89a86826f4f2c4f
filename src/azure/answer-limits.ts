// Limits on what a server may answer, so that memory stays bounded whatever it sends: a compressed body counts by its size after
// decompression, and is cut off as soon as that passes the limit.
import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** In bytes, of one answer. Azure's largest, its list of service tags, is a quarter of that. */
export const largestAnswer = 16 * 1024 * 1024;
/** In characters, of all pages of a list. */
export const largestList = 64 * 1024 * 1024;
const mebibyte = 1024 * 1024;

/** An answer past the limit. */
export class AnswerTooLarge extends Error {
  readonly code = 'AnswerTooLarge';
  constructor() {
    super(`the response is larger than ${largestAnswer / mebibyte} MiB`);
  }
}

export const listTooLarge = `its pages together are larger than ${largestList / mebibyte} MiB`;

/** Ends a download that passes the limit. Each request through it rejects with {@link AnswerTooLarge} then. */
export const sizeLimit = (): PipelinePolicy => ({
  name: 'bastideSizeLimit',
  async sendRequest(request, next) {
    let isTooLarge = false;
    request.onDownloadProgress = ({ loadedBytes }) => {
      if (loadedBytes <= largestAnswer) return;
      isTooLarge = true;
      // Thrown into the stream of the body, which ends it.
      throw new AnswerTooLarge();
    };
    try {
      return await next(request);
    } catch (error) {
      throw isTooLarge ? new AnswerTooLarge() : error;
    }
  },
});
