/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "e2db9f6cbed2a22e1edfaab78d28690ffa47759e56336a0c64054ef411a9835e";
