/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "6b92cc51ea7450db0030eb0af1b96ac48f945802fe41e2879ee75097deee27a4";
