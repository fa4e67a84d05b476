/** News of the scan directory, where the system tells them. */
import { DirectoryNews, openWatch } from "./directory-news.ts";

export class ScanNews {
  private readonly news: DirectoryNews | undefined;

  /** @param onNews  is called for names that came or went in the working directory */
  constructor(onNews: () => void) {
    const watch = openWatch();
    this.news = watch && new DirectoryNews(watch);
    if (this.news?.add(["."], onNews) === undefined) this.close();
  }

  close(): void {
    this.news?.close();
  }
}
