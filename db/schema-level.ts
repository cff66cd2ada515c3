/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "72fb9167083367f51ebf3925054563d67940af46da14c6fef8bdec9a654768a6";
