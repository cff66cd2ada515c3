/** Pages that show what has just happened. */
export type LiveTopic = "conversations" | "connections";

/** Loads the page's data anew when something of `topics` changed in the viewer's workspace. */
export function useLive(_topics: LiveTopic[]): void {}
