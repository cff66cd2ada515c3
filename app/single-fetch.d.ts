import "@remix-run/node";

/** Loader data keeps its types (a Date stays a Date), as remix.config.js has it. */
declare module "@remix-run/server-runtime" {
  interface Future {
    v3_singleFetch: true;
  }
}
