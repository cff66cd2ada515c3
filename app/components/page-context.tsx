/** What the server knows of a document and its markup needs: the nonce of the content policy and the request's id. */
import { createContext, useContext } from "react";

export interface PageFacts {
  /** Undefined in the browser, which never tells a nonce again. */
  nonce?: string | undefined;
  requestId?: string | undefined;
  /** Path and query that the document was asked for. */
  documentPath?: string;
}

export const PageContext = createContext<PageFacts>({});

export function usePageFacts(): PageFacts {
  return useContext(PageContext);
}
